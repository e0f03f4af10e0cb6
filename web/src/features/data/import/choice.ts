import { list } from "@/api/client";
import type { ColumnMapping, Mapping } from "@/api/types";

/** What becomes of a column, as one choice: a field, something kept as it is, or nothing. */
export const ignored = "-";
const kept = "keep:";

/** What a column without a field can be kept as. */
export const keeps = ["property", "trait", "line", "question"] as const;

export function choiceOf(mapping: Mapping, column: string): string {
  const entry = list(mapping.columns).find((c) => c.column === column);
  if (entry?.field) return entry.field;
  return entry?.keep ? kept + entry.keep : ignored;
}

/** In how many ways a column is used; more than one is set by the guess and kept until it is changed. */
export const uses = (mapping: Mapping, column: string): number => list(mapping.columns).filter((c) => c.column === column && (c.field ?? c.keep)).length;

export function choose(mapping: Mapping, column: string, choice: string): Mapping {
  const columns = list(mapping.columns);
  const old = columns.find((c) => c.column === column);
  const entry: ColumnMapping = { column };
  if (choice.startsWith(kept)) {
    entry.keep = choice.slice(kept.length);
    if (old?.keep && old.as) entry.as = old.as;
  } else if (choice !== ignored) {
    entry.field = choice;
    if (old?.format) entry.format = old.format;
  }
  const at = columns.findIndex((c) => c.column === column);
  const rest = columns.filter((c) => c.column !== column);
  rest.splice(at < 0 ? rest.length : Math.min(at, rest.length), 0, entry);
  return { ...mapping, columns: rest };
}

/** Columns that must be told apart by their part: the same field from several. */
export function withParts(mapping: Mapping): Mapping {
  const columns = list(mapping.columns);
  const often = new Set(columns.map((c) => c.field).filter((field, i, all) => field && all.indexOf(field) !== i));
  const next: Record<string, number> = {};
  return {
    ...mapping,
    columns: columns.map((c) => {
      if (!c.field || !often.has(c.field) || c.part !== undefined || c.else) return c;
      next[c.field] = (next[c.field] ?? 0) + 1;
      return { ...c, part: next[c.field] ?? 1 };
    }),
  };
}
