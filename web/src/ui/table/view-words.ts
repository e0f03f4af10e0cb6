import type { Column } from "./columns";
import type { Search } from "./state";

/** What a filter of the page's own is called, and how its value reads, by its name in the address. */
export type FilterWords = Record<string, { title: string; value?: (raw: string) => string }>;

/** What a view shows, in words: what is looked for, in which order, in which columns. */
export function viewWords<Row>(query: string, columns: Column<Row>[], filters: FilterWords, t: (key: string, args?: Record<string, string>) => string): string {
  const search: Search = Object.fromEntries(new URLSearchParams(query));
  const title = (id: string) => columns.find((c) => c.id === id)?.title ?? id;
  const order = (sort: string) => t(sort.startsWith("-") ? "view.descending" : "view.ascending", { column: title(sort.replace(/^-/, "")) });
  const known: FilterWords = {
    q: { title: t("view.search") },
    ...filters,
    sort: { title: t("view.sort"), value: order },
    columns: { title: t("view.columns"), value: (ids) => ids.split(",").map(title).join(t("list.separator")) },
  };
  const parts = Object.entries(known).flatMap(([id, { title: name, value }]) => {
    const raw = search[id];
    return raw ? t("view.part", { name, value: value ? value(raw) : raw }) : [];
  });
  return parts.length > 0 ? parts.join(t("view.and")) : t("view.default");
}
