import { queryOptions } from "@tanstack/react-query";
import { list, request } from "@/api/client";
import type { Card } from "@/api/types";
import type { Definition } from "./model/condition";
import type { Field, HistoryDay, MembersChanged, Memberships, Overlap, Preview, ProfileRow, Schema, Segment, Uploaded } from "./types";

const at = (id: string): string => `/api/v1/segments/${encodeURIComponent(id)}`;

async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  return (await (await request(path, signal ? { signal } : {})).json()) as T;
}

async function send<T>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  const response = await request(path, { method, ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } }), ...(signal ? { signal } : {}) });
  return (response.status === 204 ? undefined : await response.json()) as T;
}

export const segmentsQuery = queryOptions({
  queryKey: ["segments", "all"],
  queryFn: async ({ signal }) => {
    const told = await get<{ segments: Segment[] | null; total: number }>("/api/v1/segments", signal);
    return { ...told, segments: list(told.segments) };
  },
});

export const segmentQuery = (id: string) =>
  queryOptions({ queryKey: ["segments", "one", id], queryFn: ({ signal }) => get<Segment>(at(id), signal) });

export const schemaQuery = queryOptions({
  queryKey: ["segments", "schema"],
  queryFn: ({ signal }) => get<Schema>("/api/v1/segments/schema", signal),
  staleTime: 60_000,
});

/** The properties of an event, a call or a kind: "event:Product Viewed". */
export const propertiesQuery = (of: string) =>
  queryOptions({
    queryKey: ["segments", "properties", of],
    queryFn: async ({ signal }) => list((await get<{ fields: Field[] | null }>(`/api/v1/segments/schema/properties?of=${encodeURIComponent(of)}`, signal)).fields),
    staleTime: 60_000,
  });

export const questionsQuery = (survey: string) =>
  queryOptions({
    queryKey: ["segments", "questions", survey],
    queryFn: async ({ signal }) => list((await get<{ fields: Field[] | null }>(`/api/v1/segments/schema/questions?of=${encodeURIComponent(survey)}`, signal)).fields),
    staleTime: 60_000,
  });

/** Who meets a condition that is not saved yet. What is asked for no longer is given up, here and at the server. */
export const previewQuery = (definition: Definition | undefined) =>
  queryOptions({
    queryKey: ["segments", "preview", JSON.stringify(definition)],
    queryFn: ({ signal }) => send<Preview>("POST", "/api/v1/segments/preview", { condition: definition }, signal),
    enabled: definition !== undefined,
    staleTime: 30_000,
    gcTime: 60_000,
  });

interface People {
  total: number;
  customers: Card[] | null;
  next?: string;
}

export const membersPage = (id: string, after: string | undefined, limit: number, signal?: AbortSignal): Promise<People> =>
  get(`${at(id)}/people?${new URLSearchParams({ limit: String(limit), ...(after ? { after } : {}) }).toString()}`, signal);

export const membersQuery = (id: string, after: string | undefined) =>
  queryOptions({ queryKey: ["segments", "people", id, after], queryFn: ({ signal }) => membersPage(id, after, 50, signal) });

export const historyQuery = (id: string, days: number) =>
  queryOptions({
    queryKey: ["segments", "history", id, days],
    queryFn: async ({ signal }) => list((await get<{ days: HistoryDay[] | null }>(`${at(id)}/history?days=${days}`, signal)).days),
  });

export const profileQuery = (id: string) =>
  queryOptions({
    queryKey: ["segments", "profile", id],
    queryFn: async ({ signal }) => {
      const told = await get<{ size: number; rest: number; rows: ProfileRow[] | null }>(`${at(id)}/profile`, signal);
      return { ...told, rows: list(told.rows) };
    },
    staleTime: 60_000,
  });

export const overlapQuery = (ids: string[]) =>
  queryOptions({
    queryKey: ["segments", "overlap", ids.join(",")],
    queryFn: ({ signal }) => get<Overlap>(`/api/v1/segments/overlap?ids=${ids.map(encodeURIComponent).join(",")}`, signal),
    enabled: ids.length > 1,
    staleTime: 60_000,
  });

export const membershipsQuery = (reference: string) =>
  queryOptions({
    queryKey: ["customers", "segments", reference],
    queryFn: ({ signal }) => get<Memberships>(`/api/v1/customers/${encodeURIComponent(reference)}/segments`, signal),
  });

type Kept = Pick<Segment, "name" | "description" | "condition" | "refresh">;

export const createSegment = (segment: Kept & Pick<Segment, "kind">): Promise<Segment> => send("POST", "/api/v1/segments", segment);
export const saveSegment = (id: string, segment: Kept & Pick<Segment, "version">): Promise<Segment> => send("PUT", at(id), segment);
export const deleteSegment = (id: string): Promise<void> => send("DELETE", at(id));
export const computeSegment = (id: string): Promise<Segment> => send("POST", `${at(id)}/compute`);
export const changeMembers = (id: string, change: { add?: string[]; remove?: string[] }): Promise<MembersChanged> =>
  send("POST", `${at(id)}/members`, { add: change.add ?? [], remove: change.remove ?? [] });

/** Sends a file of identifiers of one kind. */
export async function uploadMembers(id: string, kind: string, file: File): Promise<Uploaded> {
  const response = await request(`${at(id)}/upload?kind=${encodeURIComponent(kind)}`, { method: "POST", body: file, headers: { "Content-Type": "text/csv" } });
  return (await response.json()) as Uploaded;
}

