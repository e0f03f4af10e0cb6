import type { components } from "./schema";

type Schemas = components["schemas"];

/** A value as it was sent: the description of the API calls it a string, but it is any JSON. */
export type Json = string | number | boolean | null | Json[] | { [name: string]: Json };

export type Card = Schemas["Card"];
export type Trait = Omit<Schemas["Trait"], "value"> & { value: Json };
export type Consent = Omit<Schemas["Consent"], "proof"> & { proof?: Json };
export type Identifier = Schemas["CustomerIdentifier"];
export type Merge = Schemas["CustomerMerge"];
export type Conflict = Schemas["CustomerConflict"];
export type Order = Schemas["Order"];
export type FeatureEntry = Schemas["FeatureEntry"];
export type FeatureDistribution = Schemas["FeatureDistribution"];
export type CustomerFeature = Omit<Schemas["CustomerFeature"], "value"> & { value: Json };
export type Membership = Omit<Schemas["CustomerMembership"], "traits"> & { traits?: Record<string, Json> };
export type Customer = Omit<Schemas["Customer"], "traits" | "consents" | "memberships"> & {
  traits: Record<string, Trait>;
  consents: Consent[] | null;
  memberships: Membership[] | null;
};
interface JsonParts { properties?: Json; traits?: Json; context?: Json }
export type Event = Omit<Schemas["Event"], keyof JsonParts> & JsonParts;
export type HeldEvent = Omit<Schemas["HeldEvent"], keyof JsonParts | "raw"> & JsonParts & { raw?: Json };
/** An event as it came, held or not. */
export type LiveEvent = HeldEvent;
export type QuarantineCount = Schemas["QuarantineCount"];
export type EventKind = Schemas["EventKind"];
export type Field = Schemas["Field"];
export type Rule = Schemas["Rule"];
export type Job = Omit<Schemas["Job"], "arguments" | "result"> & { arguments: Json; result?: Json };
export type Health = Schemas["Health"];
export type Source = Schemas["Source"];
export type Key = Schemas["Key"];
export type Mapping = Schemas["Mapping"];
export type ColumnMapping = Schemas["ColumnMapping"];
export type Inspection = Schemas["InspectOutput"];
export type ReadOptions = Schemas["ReadOptions"];
export type Erasure = Schemas["Erasure"];
export type ImportTarget = Schemas["ImportTarget"];
export type ImportField = Schemas["ImportField"];
export type Notification = Schemas["Notification"];
export type Purpose = Schemas["Purpose"];
export type Retention = Schemas["Retention"];
export type Counts = Schemas["Counts"];

export interface Upload {
  id: string;
  name: string;
  size: number;
  uploaded_at: string;
}

/** How often something happened in an import, with examples. */
export interface ImportCount {
  key: string;
  count: number;
  examples: { line: number; column?: string; value?: string; args?: Record<string, string> }[] | null;
}

/** What an import did, or in a dry run would have done: the result of its job. */
export interface ImportReport {
  target: string;
  rows: number;
  rejected: number;
  events: Record<string, number> | null;
  unchanged: number;
  rejects: ImportCount[] | null;
  warnings: ImportCount[] | null;
  earliest?: string;
  latest?: string;
  people: number;
  dry_run?: boolean;
  rejects_file: boolean;
  /** When it was taken back, by whom, and what that removed. */
  undone?: UndoCounts & { at: string; by: string; job: string };
}

/** What taking an import back removes. */
export interface UndoCounts {
  events: number;
  orders: number;
  /** People of whom only this import told. */
  people_gone: number;
  /** People who stay without what this import told of them. */
  people_kept: number;
}

/** The member of an object, when it is one. */
export function member(value: Json | undefined, name: string): Json | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value[name] : undefined;
}

/** A value in one line of text. */
export function plain(value: Json | undefined): string {
  if (value === undefined || value === null) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
