import type { ReactNode } from "react";
import type { Cell } from "./csv";

export interface Column<Row> {
  id: string;
  title: string;
  cell: (row: Row) => ReactNode;
  /** What is copied and exported, and what the page sorts by. */
  value: (row: Row) => Cell;
  /** Numbers stand at the end. */
  end?: boolean;
  /** Times and codes are not broken. */
  tight?: boolean;
  sortable?: boolean;
  /** How it is sorted, where that is not plain. */
  hint?: string;
  /** Shown only when chosen. */
  optional?: boolean;
  /** Cannot be hidden. */
  fixed?: boolean;
}

export function shownColumns<Row>(columns: Column<Row>[], chosen: string[] | undefined): Column<Row>[] {
  return columns.filter((c) => !!c.fixed || (chosen ? chosen.includes(c.id) : !c.optional));
}

/** Sorts rows that are all here; texts as Japanese readers expect. */
export function sortRows<Row>(rows: Row[], columns: Column<Row>[], sort: { column: string; descending: boolean } | undefined): Row[] {
  const column = sort && columns.find((c) => c.id === sort.column);
  if (!column) return rows;
  const sign = sort.descending ? -1 : 1;
  const collator = new Intl.Collator("ja", { numeric: true });
  return [...rows].sort((a, b) => {
    const x = column.value(a);
    const y = column.value(b);
    if (x === undefined || y === undefined) return x === y ? 0 : x === undefined ? 1 : -1; // empty ones last, always
    return sign * (typeof x === "number" && typeof y === "number" ? x - y : collator.compare(String(x), String(y)));
  });
}
