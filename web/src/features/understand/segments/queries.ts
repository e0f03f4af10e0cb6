import { queryOptions } from "@tanstack/react-query";
import { api, data, list } from "@/api/client";
import type { Definition } from "./model/condition";
import type { Field, Schema, Segment, Source } from "./types";

export const segmentsQuery = queryOptions({
  queryKey: ["segments", "all"],
  queryFn: async ({ signal }) => list((await data(api.GET("/api/v1/segments", { signal }))).segments) as Segment[],
});

export const segmentQuery = (id: string) =>
  queryOptions({
    queryKey: ["segments", "one", id],
    queryFn: async ({ signal }) => (await data(api.GET("/api/v1/segments/{id}", { params: { path: { id } }, signal }))) as Segment,
  });

/** What conditions can refer to. */
export const schemaQuery = queryOptions({
  queryKey: ["segments", "schema"],
  queryFn: async ({ signal }) => (await data(api.GET("/api/v1/segments/schema", { signal }))) as Schema,
  staleTime: 60_000,
});

/** The properties of an event, a call or a kind: "event:Product Viewed". */
export const propertiesQuery = (of: string) =>
  queryOptions({
    queryKey: ["segments", "properties", of],
    queryFn: async ({ signal }) => list((await data(api.GET("/api/v1/segments/schema/fields", { params: { query: { of } }, signal }))).fields) as Field[],
    staleTime: 60_000,
  });

export const questionsQuery = (survey: string) =>
  queryOptions({
    queryKey: ["segments", "questions", survey],
    queryFn: async ({ signal }) => list((await data(api.GET("/api/v1/segments/schema/fields", { params: { query: { survey } }, signal }))).fields) as Field[],
    staleTime: 60_000,
  });

/** Values that a field has, to be offered. */
export const valuesQuery = (source: Source | undefined) =>
  queryOptions({
    queryKey: ["segments", "values", source],
    queryFn: async ({ signal }) => list((await data(api.GET("/api/v1/segments/schema/values", { params: { query: source ?? { kind: "trait", name: "" } }, signal }))).values),
    enabled: source !== undefined,
    staleTime: 5 * 60_000,
  });

/** Who meets a condition that is not saved yet. What is asked for no longer is given up, here and at the server. */
export const previewQuery = (definition: Definition | undefined, segment: string | undefined) =>
  queryOptions({
    queryKey: ["segments", "preview", segment, JSON.stringify(definition)],
    queryFn: ({ signal }) => data(api.POST("/api/v1/segments/preview", { body: { condition: definition, ...(segment ? { segment } : {}) }, signal })),
    enabled: definition !== undefined,
    staleTime: 30_000,
    gcTime: 60_000,
  });

export const membersPage = (id: string, after: string | undefined, limit: number, signal?: AbortSignal) =>
  data(api.GET("/api/v1/segments/{id}/people", { params: { path: { id }, query: { limit, ...(after ? { after } : {}) } }, ...(signal ? { signal } : {}) }));

export const membersQuery = (id: string, after: string | undefined) =>
  queryOptions({ queryKey: ["segments", "people", id, after], queryFn: ({ signal }) => membersPage(id, after, 50, signal) });

export const historyQuery = (id: string, days: number) =>
  queryOptions({
    queryKey: ["segments", "history", id, days],
    queryFn: async ({ signal }) => list((await data(api.GET("/api/v1/segments/{id}/history", { params: { path: { id }, query: { days } }, signal }))).days),
  });

export const profileQuery = (id: string) =>
  queryOptions({
    queryKey: ["segments", "profile", id],
    queryFn: async ({ signal }) => {
      const told = await data(api.GET("/api/v1/segments/{id}/profile", { params: { path: { id } }, signal }));
      return { ...told, rows: list(told.rows) };
    },
    staleTime: 60_000,
  });

export const overlapQuery = (ids: string[]) =>
  queryOptions({
    queryKey: ["segments", "overlap", ids.join(",")],
    queryFn: ({ signal }) => data(api.GET("/api/v1/segments/overlap", { params: { query: { ids } }, signal })),
    enabled: ids.length > 1,
    staleTime: 60_000,
  });

export const membershipsQuery = (reference: string) =>
  queryOptions({
    queryKey: ["customers", "segments", reference],
    queryFn: ({ signal }) => data(api.GET("/api/v1/customers/{reference}/segments", { params: { path: { reference } }, signal })),
  });

/** What of a segment people write. */
type Kept = Pick<Segment, "name" | "description" | "condition" | "refresh">;

export const createSegment = async (segment: Kept & Pick<Segment, "kind">) => (await data(api.POST("/api/v1/segments", { body: segment }))) as Segment;
export const saveSegment = async (id: string, segment: Kept & Pick<Segment, "kind" | "version">) =>
  (await data(api.PUT("/api/v1/segments/{id}", { params: { path: { id } }, body: segment }))) as Segment;
export const deleteSegment = (id: string) => api.DELETE("/api/v1/segments/{id}", { params: { path: { id } } });
export const computeSegment = async (id: string) => (await data(api.POST("/api/v1/segments/{id}/compute", { params: { path: { id } } }))) as Segment;

export const changeMembers = (id: string, change: { add?: string[]; remove?: string[] }) =>
  data(api.POST("/api/v1/segments/{id}/members", { params: { path: { id } }, body: change }));

/** Puts those on a list whom a column of an uploaded file names; the first column unless one is chosen. */
export const addUploaded = (id: string, file: { upload: string; column?: string; kind?: string }) =>
  data(api.POST("/api/v1/segments/{id}/upload", { params: { path: { id } }, body: file }));
