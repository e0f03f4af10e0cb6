import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback, useMemo } from "react";

export type Search = Record<string, string | undefined>;

/** What a table shows, kept in the address: it can be sent to a colleague, and "back" works. */
export interface TableState {
  search: Search;
  /** Changes some of it; an empty value is left out. The first page is shown again. */
  set: (changes: Search) => void;
  /** Replaces all of it: what a saved view does. */
  replace: (all: Search) => void;
  sort: { column: string; descending: boolean } | undefined;
  toggleSort: (column: string) => void;
  /** Names of the columns shown; undefined is the default choice. */
  columns: string[] | undefined;
  /** Where the shown page begins: the cursors of the pages before it, the last being its own. */
  cursors: string[];
  goTo: (cursors: string[]) => void;
}

const separator = "~";

export function useTableState(): TableState {
  const search: Search = useSearch({ strict: false });
  const navigate = useNavigate();
  const replace = useCallback(
    (all: Search) => {
      const kept = Object.fromEntries(Object.entries(all).filter(([, value]) => value));
      void navigate({ to: ".", search: kept, replace: true });
    },
    [navigate],
  );
  const set = useCallback((changes: Search) => replace({ ...search, at: undefined, ...changes }), [replace, search]);
  return useMemo(() => {
    const sort = search.sort ? { column: search.sort.replace(/^-/, ""), descending: search.sort.startsWith("-") } : undefined;
    return {
      search,
      set,
      replace,
      sort,
      toggleSort: (column) =>
        set({ sort: sort?.column !== column ? column : sort.descending ? undefined : `-${column}` }),
      columns: search.columns?.split(","),
      cursors: search.at?.split(separator) ?? [],
      goTo: (cursors) => void navigate({ to: ".", search: { ...search, at: cursors.join(separator) || undefined } }),
    };
  }, [search, set, replace, navigate]);
}
