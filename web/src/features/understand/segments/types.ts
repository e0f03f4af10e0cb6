import type { Card } from "@/api/types";
import type { Definition, Measure, Op, ValueType } from "./model/condition";

/** Something a condition can refer to. */
export interface Field {
  name: string;
  title: string;
  type: ValueType;
  /** What numbers count: times, pieces, people, days, years, points, percent or a currency. */
  unit?: string;
  examples?: string[] | null;
}

export interface Schema {
  traits: Field[];
  features: Field[];
  events: Field[];
  calls: Field[];
  kinds: Field[];
  identifiers: Field[];
  channels: Field[];
  purposes: Field[];
  surveys: Field[];
  segments: Field[];
  lists: Field[];
  order_fields: Field[];
  ops: Record<ValueType, Op[]>;
  window_ops: Op[];
  event_measures: Measure[];
  order_measures: Measure[];
  currency: string;
}

export const refreshes = ["live", "daily", "manual"] as const;
/** When a segment is computed anew. */
export type Refresh = (typeof refreshes)[number];

export interface Segment {
  id: string;
  name: string;
  description: string;
  kind: "rule" | "list";
  condition?: Definition;
  refresh: Refresh;
  sentence: string;
  faults?: { pointer: string; detail: string }[] | null;
  quiet?: { field: string; event: string; title: string; last_seen: string }[] | null;
  used_by?: { kind: string; id: string; name: string }[] | null;
  size: number;
  share: number;
  entered: number;
  left: number;
  computed_at?: string;
  took_ms: number;
  error?: string;
  created_at: string;
  created_by: string;
  updated_at: string;
  version: number;
}

export interface Preview {
  size: number;
  total: number;
  sentence: string;
  took_ms: number;
  sample: Card[] | null;
}

export interface HistoryDay {
  day: string;
  size: number;
  entered: number;
  left: number;
}

export interface ProfileRow {
  about: "trait" | "feature" | "level";
  name: string;
  title: string;
  value?: string;
  unit?: string;
  share_in?: number;
  share_all?: number;
  mean_in?: number;
  mean_all?: number;
  lift: number;
  effect: number;
  p: number;
  q: number;
  people: number;
  sure: boolean;
}

export interface Overlap {
  segments: { id: string; name: string; size: number }[];
  sets: { ids: string[]; people: number }[] | null;
}

export interface Uploaded {
  added: number;
  already: number;
  unknown: number;
  examples: string[] | null;
}

export interface MembersChanged {
  added: number;
  removed: number;
  unknown: string[] | null;
}

export interface Memberships {
  segments: { id: string; name: string; kind: "rule" | "list"; entered?: string }[] | null;
  left: { id: string; name: string; left: string }[] | null;
}
