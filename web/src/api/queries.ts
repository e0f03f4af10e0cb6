import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, data, list } from "./client";
import type { Customer, CustomerFeature, Event, Job } from "./types";

const active = (job: Job): boolean => job.state === "waiting" || job.state === "running";

export const jobsQuery = queryOptions({
  queryKey: ["jobs"],
  queryFn: async ({ signal }) =>
    list((await data(api.GET("/api/v1/jobs", { params: { query: { limit: 50 } }, signal }))).jobs) as unknown as Job[],
  // Quick while something runs, so that its progress is seen.
  refetchInterval: (query) => (query.state.data?.some(active) ? 1000 : 20_000),
});

export const jobQuery = (id: string) =>
  queryOptions({
    queryKey: ["jobs", id],
    queryFn: async ({ signal }) =>
      (await data(api.GET("/api/v1/jobs/{id}", { params: { path: { id } }, signal }))) as unknown as Job,
    refetchInterval: (query) => (!query.state.data || active(query.state.data) ? 500 : false),
  });

export const customerQuery = (reference: string) =>
  queryOptions({
    queryKey: ["customers", "one", reference],
    queryFn: async ({ signal }) =>
      (await data(api.GET("/api/v1/customers/{reference}", { params: { path: { reference } }, signal }))) as unknown as Customer,
  });

export const ordersQuery = (reference: string) =>
  queryOptions({
    queryKey: ["customers", "orders", reference],
    queryFn: async ({ signal }) =>
      list((await data(api.GET("/api/v1/customers/{reference}/orders", { params: { path: { reference } }, signal }))).orders),
  });

export const customerFeaturesQuery = (reference: string) =>
  queryOptions({
    queryKey: ["customers", "features", reference],
    queryFn: async ({ signal }) =>
      list((await data(api.GET("/api/v1/customers/{reference}/features", { params: { path: { reference } }, signal }))).features) as unknown as CustomerFeature[],
  });

export const featuresQuery = queryOptions({
  queryKey: ["features", "all"],
  queryFn: async ({ signal }) => list((await data(api.GET("/api/v1/features", { signal }))).features),
  staleTime: 60_000,
});

export const featureQuery = (name: string) =>
  queryOptions({
    queryKey: ["features", "one", name],
    queryFn: async ({ signal }) => data(api.GET("/api/v1/features/{name}", { params: { path: { name } }, signal })),
    staleTime: 60_000,
  });

export const timelineQuery = (reference: string, kinds: string[], from: string) =>
  infiniteQueryOptions({
    queryKey: ["customers", "timeline", reference, kinds.join(","), from],
    initialPageParam: from,
    queryFn: async ({ signal, pageParam }) => {
      const query = { limit: 100, ...(kinds.length ? { kind: kinds } : {}), ...(pageParam ? { before: pageParam } : {}) };
      const page = await data(api.GET("/api/v1/customers/{reference}/timeline", { params: { path: { reference }, query }, signal }));
      return { events: list(page.events) as unknown as Event[], next: page.next };
    },
    getNextPageParam: (page) => page.next,
  });

/** How often, in milliseconds, is asked anew for what is still being computed. */
export const whileComputing = 10_000;

export const homeQuery = (days: number) =>
  queryOptions({
    queryKey: ["home", days],
    queryFn: ({ signal }) => data(api.GET("/api/v1/home", { params: { query: { days } }, signal })),
    // The server computes them once a minute.
    staleTime: 60_000,
    refetchInterval: (query) => (query.state.data?.computing ? whileComputing : 60_000),
  });

/** People who ordered: all, for the first time, or again; and those who did anything. */
export type Who = "all" | "new" | "returning" | "active";

/** The people behind some days: who ordered then, or did anything at all. */
export const peopleQuery = (date: string, to: string, who: Who) =>
  infiniteQueryOptions({
    queryKey: ["home", "people", date, to, who],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ signal, pageParam }) => {
      const query = { date, to, limit: 200, ...(pageParam ? { after: pageParam } : {}) };
      if (who === "active") return data(api.GET("/api/v1/home/active", { params: { query }, signal }));
      return data(api.GET("/api/v1/home/buyers", { params: { query: { ...query, who } }, signal }));
    },
    getNextPageParam: (page) => page.next,
    staleTime: 60_000,
  });

export const sourcesQuery = queryOptions({
  queryKey: ["sources"],
  queryFn: async ({ signal }) => list((await data(api.GET("/api/v1/sources", { signal }))).sources),
  staleTime: 60_000,
});

export const trafficQuery = queryOptions({
  queryKey: ["sources", "traffic"],
  queryFn: async ({ signal }) => list((await data(api.GET("/api/v1/sources/traffic", { signal }))).traffic),
  refetchInterval: 15_000, // the server counts no more often
});

export const keysQuery = queryOptions({
  queryKey: ["keys"],
  queryFn: async ({ signal }) => list((await data(api.GET("/api/v1/keys", { signal }))).keys),
});

export const identityQuery = queryOptions({
  queryKey: ["identity"],
  queryFn: ({ signal }) => data(api.GET("/api/v1/identity", { signal })),
});

export const healthQuery = queryOptions({
  queryKey: ["health"],
  queryFn: ({ signal }) => data(api.GET("/api/v1/system/health", { signal })),
  refetchInterval: 10_000,
});

export const eventKindsQuery = queryOptions({
  queryKey: ["contract", "events"],
  queryFn: async ({ signal }) => list((await data(api.GET("/api/v1/contract/events", { signal }))).events),
});

export type EventType = "track" | "page" | "screen" | "identify" | "group" | "alias";

export const fieldsQuery = (type: EventType, name: string) =>
  queryOptions({
    queryKey: ["contract", "fields", type, name],
    queryFn: async ({ signal }) =>
      list((await data(api.GET("/api/v1/contract/fields", { params: { query: { type, name } }, signal }))).fields),
  });

export const quarantineQuery = queryOptions({
  queryKey: ["quarantine"],
  queryFn: async ({ signal }) => list((await data(api.GET("/api/v1/quarantine", { signal }))).counts),
});

export interface QuarantineFilter {
  source?: number;
  type?: string;
  name?: string;
  code?: string;
  field?: string;
}

export const heldQuery = (filter: QuarantineFilter) =>
  queryOptions({
    queryKey: ["quarantine", "events", filter],
    queryFn: async ({ signal }) => {
      const page = await data(api.GET("/api/v1/quarantine/events", { params: { query: { ...filter, limit: 20 } }, signal }));
      return list(page.events);
    },
  });

export const mappingsQuery = queryOptions({
  queryKey: ["mappings"],
  queryFn: async ({ signal }) => list((await data(api.GET("/api/v1/mappings", { signal }))).mappings),
});

export const erasuresQuery = queryOptions({
  queryKey: ["erasures"],
  queryFn: async ({ signal }) => list((await data(api.GET("/api/v1/erasures", { params: { query: { limit: 200 } }, signal }))).erasures),
});

export const retentionQuery = queryOptions({
  queryKey: ["retention"],
  queryFn: async ({ signal }) => list((await data(api.GET("/api/v1/retention", { signal }))).retention),
});

export const purposesQuery = queryOptions({
  queryKey: ["purposes"],
  queryFn: async ({ signal }) => list((await data(api.GET("/api/v1/purposes", { signal }))).purposes),
});

/** The proof that somebody was deleted; nothing until it was asked for. */
export const erasureQuery = (customer: string) =>
  queryOptions({
    queryKey: ["erasures", customer],
    queryFn: async ({ signal }) => list((await data(api.GET("/api/v1/erasures", { params: { query: { customer, limit: 1 } }, signal }))).erasures)[0] ?? null,
    refetchInterval: (query) => (query.state.data?.finished_at ? false : 1000),
  });

/** The kinds of files that can be imported, with their fields. */
export const targetsQuery = queryOptions({
  queryKey: ["imports", "targets"],
  queryFn: async ({ signal }) => list((await data(api.GET("/api/v1/imports/targets", { signal }))).targets),
  staleTime: Infinity,
});

export const notificationsQuery = queryOptions({
  queryKey: ["notifications"],
  queryFn: async ({ signal }) => {
    const told = await data(api.GET("/api/v1/notifications", { signal }));
    return { ...told, notifications: list(told.notifications) };
  },
  refetchInterval: 20_000,
});
