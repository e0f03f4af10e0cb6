import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, data } from "@/api/client";
import { whileComputing } from "@/api/queries";
import type { components } from "@/api/schema";

type Schemas = components["schemas"];

/** What each analysis answers. */
export interface Results {
  rfm: Schemas["RFM"];
  decile: Schemas["Deciles"];
  abc: Schemas["ABC"];
  lifecycle: Schemas["Lifecycle"];
  cohorts: Schemas["Cohorts"];
  repeat: Schemas["Repeat"];
  dormancy: Schemas["Dormancy"];
  "products-next": Schemas["NextProducts"];
  "first-products": Schemas["FirstProducts"];
}

export type AnalysisName = keyof Results;

export type Params = Record<string, string>;

/** A request of which path and parameters are made at run time. */
type Asked = (path: string, init: { params: { query: Params }; signal: AbortSignal }) => Promise<{ data?: unknown }>;
const ask = (path: string, query: Params, signal: AbortSignal) => (api as unknown as { GET: Asked }).GET(path, { params: { query }, signal });

export const analysisQuery = <N extends AnalysisName>(name: N, params: Params) =>
  queryOptions({
    queryKey: ["analyses", name, params],
    queryFn: ({ signal }) => data(ask(`/api/v1/analyses/${name}`, params, signal)) as Promise<Results[N]>,
    staleTime: 60_000,
    refetchInterval: (query) => (query.state.data?.computing ? whileComputing : false),
  });

/**
 * A mark of an analysis whose people can be listed: the name of a group and, of cohorts, how many months later; of moves, the
 * group on the day before.
 */
export interface Mark {
  group: string;
  later?: string | undefined;
  was?: string | undefined;
}

const markParams = (params: Params, { group, later, was }: Mark): Params => ({ ...params, group, ...(later ? { later } : {}), ...(was ? { was } : {}) });

/** The people behind a mark, those who spent most first. */
export const behindQuery = (name: AnalysisName, params: Params, mark: Mark) =>
  infiniteQueryOptions({
    queryKey: ["analyses", name, "people", params, mark],
    initialPageParam: "",
    queryFn: ({ signal, pageParam }) =>
      data(ask(`/api/v1/analyses/${name}/people`, { ...markParams(params, mark), limit: "200", ...(pageParam ? { after: pageParam } : {}) }, signal)) as Promise<Schemas["DatesOutput"]>,
    getNextPageParam: (page) => page.next,
    staleTime: 60_000,
  });

/** The condition that means a mark; it fails for marks that no condition can say. */
export const conditionQuery = (name: AnalysisName, params: Params, mark: Mark) =>
  queryOptions({
    queryKey: ["analyses", name, "condition", params, mark],
    queryFn: async ({ signal }) => ((await data(ask(`/api/v1/analyses/${name}/condition`, markParams(params, mark), signal))) as { condition: unknown }).condition,
    staleTime: 60_000,
  });
