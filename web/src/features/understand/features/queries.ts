import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, data } from "@/api/client";
import type { components } from "@/api/schema";
import type { MeasureDefinition } from "./measure";

export type OwnDraft = Omit<components["schemas"]["OwnDraft"], "definition"> & { definition: MeasureDefinition };

/** A mark of a distribution: a bar from a value to below another, or a text; all who have the feature without anything. */
export interface Mark {
  from?: string | undefined;
  below?: string | undefined;
  value?: string | undefined;
}

const asked = ({ from, below, value }: Mark) => ({ ...(from ? { from } : {}), ...(below ? { below } : {}), ...(value ? { value } : {}) });

/** The people behind a mark, those who spent most first. */
export const behindQuery = (name: string, mark: Mark) =>
  infiniteQueryOptions({
    queryKey: ["features", "people", name, mark],
    initialPageParam: "",
    queryFn: ({ signal, pageParam }) => data(api.GET("/api/v1/features/{name}/people", { params: { path: { name }, query: { ...asked(mark), ...(pageParam ? { after: pageParam } : {}) } }, signal })),
    getNextPageParam: (page) => page.next,
    staleTime: 60_000,
  });

export const conditionQuery = (name: string, mark: Mark) =>
  queryOptions({
    queryKey: ["features", "condition", name, mark],
    queryFn: async ({ signal }) => (await data(api.GET("/api/v1/features/{name}/condition", { params: { path: { name }, query: asked(mark) }, signal }))).condition,
  });

/** What a definition that is not saved yet comes to. */
export const tryQuery = (definition: MeasureDefinition | undefined, unit: string) =>
  queryOptions({
    queryKey: ["features", "try", JSON.stringify(definition), unit],
    queryFn: ({ signal }) => data(api.POST("/api/v1/features/preview", { body: { definition, ...(unit ? { unit } : {}) }, signal })),
    enabled: definition !== undefined,
    staleTime: 30_000,
    gcTime: 60_000,
    retry: false,
  });

export const createFeature = (draft: OwnDraft) => data(api.POST("/api/v1/features", { body: draft }));
export const saveFeature = (name: string, draft: OwnDraft) => data(api.PUT("/api/v1/features/{name}", { params: { path: { name } }, body: draft }));
export const deleteFeature = (name: string) => api.DELETE("/api/v1/features/{name}", { params: { path: { name } } });
