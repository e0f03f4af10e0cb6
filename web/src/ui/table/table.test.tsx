import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test, vi } from "vitest";
import { Problem } from "@/api/problem";
import { show } from "@/test-render";
import type { Column } from "./columns";
import type { TableState } from "./state";
import { DataTable, type DataTableProps } from "./table";

interface Person {
  id: string;
  name: string;
  orders?: number;
}

const people: Person[] = [{ id: "1", name: "佐藤", orders: 10 }, { id: "2", name: "<b>伊藤</b>", orders: 9 }, { id: "3", name: "田中" }];
const columns: Column<Person>[] = [
  { id: "name", title: "氏名", fixed: true, value: (p) => p.name, cell: (p) => p.name },
  { id: "orders", title: "購入", end: true, sortable: true, value: (p) => p.orders, cell: (p) => p.orders },
  { id: "id", title: "ID", optional: true, value: (p) => p.id, cell: (p) => p.id },
];
const state = (over: Partial<TableState> = {}): TableState => ({
  search: {}, set: vi.fn(), replace: vi.fn(), sort: undefined, toggleSort: vi.fn(), columns: undefined, cursors: [], goTo: vi.fn(), ...over,
});
const table = (over: Partial<DataTableProps<Person>> = {}) => (
  <DataTable label="顧客" state={state()} columns={columns} rows={people} rowId={(p) => p.id} empty={<p>だれもいません</p>} local {...over} />
);
const names = () => screen.getAllByRole("row").slice(1).map((row) => within(row).getAllByRole("cell")[0]?.textContent);

test("sorts by value with empty ones last, whatever the direction", () => {
  const { again } = show(table({ state: state({ sort: { column: "orders", descending: false } }) }));
  expect(names()).toEqual(["<b>伊藤</b>", "佐藤", "田中"]);
  again(table({ state: state({ sort: { column: "orders", descending: true } }) }));
  expect(names()).toEqual(["佐藤", "<b>伊藤</b>", "田中"]);
  expect(screen.getByRole("columnheader", { name: "購入" }).getAttribute("aria-sort")).toBe("descending");
});

test("shows chosen columns, the default ones otherwise", () => {
  const { again } = show(table());
  expect(screen.getAllByRole("columnheader").map((h) => h.textContent)).toEqual(["氏名", "購入"]);
  again(table({ state: state({ columns: ["id"] }) }));
  expect(screen.getAllByRole("columnheader").map((h) => h.textContent)).toEqual(["氏名", "ID"]);
});

test("empty, failing and waiting say so", async () => {
  const { again } = show(table({ rows: [] }));
  expect(screen.getByText("だれもいません")).toBeTruthy();
  const retry = vi.fn();
  again(table({ rows: undefined as never, error: new Problem({ title: "データベースに接続できません", status: 503, key: "x" }), onRetry: retry }));
  expect(screen.getByRole("alert").textContent).toContain("データベースに接続できません");
  await userEvent.click(screen.getByRole("button", { name: "もう一度試す" }));
  expect(retry).toHaveBeenCalledOnce();
  again(table({ rows: undefined as never }));
  expect(screen.getByRole("table").getAttribute("aria-busy")).toBe("true");
});

test("too many rows are cut, and it is said", () => {
  show(table({ rows: Array.from({ length: 600 }, (_, i) => ({ id: String(i), name: `人${i}` })) }));
  expect(screen.getAllByRole("row")).toHaveLength(501);
  expect(screen.getByText(/600件のうち先頭500件/)).toBeTruthy();
});

test("the keyboard moves, opens and chooses", async () => {
  const open = vi.fn();
  show(table({ onOpen: open, actions: (rows) => <span>{rows.map((r) => r.name).join("+")}</span> }));
  screen.getAllByRole("row")[1]?.focus();
  await userEvent.keyboard("{ArrowDown}{ }{ArrowDown}{ }{Enter}");
  expect(open).toHaveBeenCalledWith(people[2]);
  expect(screen.getByText("<b>伊藤</b>+田中")).toBeTruthy();
  expect(screen.getByText("2件を選択中")).toBeTruthy();
});

test("pages by cursor, and back", async () => {
  const goTo = vi.fn();
  show(table({ local: false, next: "c3", state: state({ cursors: ["c1", "c2"], goTo }) }));
  await userEvent.click(screen.getByRole("button", { name: "次へ" }));
  await userEvent.click(screen.getByRole("button", { name: "前へ" }));
  expect(goTo.mock.calls).toEqual([[["c1", "c2", "c3"]], [["c1"]]]);
});
