import { createContext, use } from "react";
import type { Field, Schema } from "../types";
import type { Group, Mark, Part } from "../model/form";

/** What the parts of the form share. */
export interface Builder {
  schema: Schema;
  /** Changes the form; changes with the same tag, one after the other, are undone as one. */
  change: (next: (form: Group) => Group, tag?: string) => void;
  /** What the server found wrong, by the key of the part. */
  marks: Map<string, Mark[]>;
  /** Rules that lack something, once they are to be told. */
  lacking: ReadonlySet<string>;
  /** The part that was just added: it takes the focus. */
  fresh: string | undefined;
  /** Adds a part at the end of a group and moves the focus there. */
  add: (group: string, part: Part) => void;
}

export const BuilderContext = createContext<Builder | undefined>(undefined);

export function useBuilder(): Builder {
  const builder = use(BuilderContext);
  if (!builder) throw new Error("outside of a builder");
  return builder;
}

/** What is selected from, and the fields that properties can name there. */
export interface Scope {
  fields: Field[];
  /** The event, as selections are referred to, or "order". */
  of: string;
}

/** Undefined among rules about people. */
export const ScopeContext = createContext<Scope | undefined>(undefined);

/** What an editor of a leaf gets. */
export interface LeafProps<L> {
  leaf: L;
  /** Replaces the leaf; the field is what typing goes on in. */
  set: (next: L, field?: string) => void;
  /** Whether the server found something wrong below a member. */
  wrong: (member: string) => boolean;
  /** Whether only what is measured is shown, without a test of it. */
  bare?: boolean | undefined;
}
