import type { components } from "@/api/schema";
import type { Definition, Measure, Op, ValueType } from "./model/condition";

type Schemas = components["schemas"];

/** Something a condition can refer to. */
export type Field = Omit<Schemas["SchemaField"], "type"> & { type: ValueType };

type Fields = "traits" | "features" | "events" | "calls" | "kinds" | "identifiers" | "channels" | "purposes" | "surveys" | "segments" | "lists" | "order_fields";

/** What conditions can refer to, and the tests and measures there are. */
export type Schema = Record<Fields, Field[]> & {
  ops: Record<ValueType, Op[]>;
  window_ops: Op[];
  measures: { event: Measure[]; order: Measure[] };
  currency: string;
};

/** Whose values are offered: those of a trait, a feature, a field of orders, a property of an event, or the answers to a survey, of a question. */
export interface Source {
  kind: "trait" | "feature" | "order" | "property" | "answer";
  name: string;
  of?: string;
}

export const refreshes = ["live", "daily", "manual"] as const;
/** When a segment is computed anew. */
export type Refresh = (typeof refreshes)[number];

/** A segment of rules or a list. A rule about personal data is not told to who may not see those. */
export type Segment = Omit<Schemas["SegmentEntry"], "condition"> & { condition?: Definition };

export type Preview = Schemas["PreviewOutput"];
export type HistoryDay = Schemas["SegmentDay"];
export type ProfileRow = Schemas["SegmentDifference"];
export type Overlap = Schemas["OverlapOutput"];
export type ListChange = Schemas["ListChange"];
