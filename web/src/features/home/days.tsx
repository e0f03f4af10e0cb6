import { useText } from "@/locale";
import { useFormat } from "@/ui/format";
import type { Column } from "@/ui/table/columns";
import { useTableState } from "@/ui/table/state";
import { DataTable } from "@/ui/table/table";
import { sum, type Day } from "./numbers";

/** The numbers of a day, for the table and the file. */
export function useDayColumns(currency: string): Column<Day>[] {
  const { t } = useText();
  const format = useFormat();
  const money = (of: (day: Day) => number) => ({
    end: true, sortable: true,
    value: (day: Day) => format.major(of(day), currency),
    cell: (day: Day) => format.money(of(day), currency),
  });
  const count = (of: (day: Day) => number) => ({ end: true, sortable: true, value: of, cell: (day: Day) => format.number(of(day)) });
  const net = (day: Day) => sum([day], currency).net;
  const returning = (day: Day) => sum([day], currency).netReturning;
  return [
    { id: "day", title: t("shop.day"), fixed: true, sortable: true, tight: true, value: (d) => d.day, cell: (d) => format.day(d.date) },
    { id: "revenue", title: t("shop.column_revenue", { currency }), ...money(net) },
    { id: "revenue_new", title: t("shop.column_revenue_new", { currency }), ...money((d) => net(d) - returning(d)) },
    { id: "revenue_returning", title: t("shop.column_revenue_returning", { currency }), ...money(returning) },
    { id: "orders", title: t("shop.metric_orders"), ...count((d) => d.orders) },
    { id: "new", title: t("shop.column_new"), ...count((d) => d.new) },
    { id: "returning", title: t("shop.column_returning"), ...count((d) => d.returning) },
    { id: "active", title: t("shop.column_active"), ...count((d) => d.active) },
  ];
}

/** The data of the chart, day by day, newest first. */
export function DayTable({ columns, rows, onOpen }: { columns: Column<Day>[]; rows: Day[]; onOpen: (day: string) => void }) {
  const { t } = useText();
  const state = useTableState();
  return <DataTable label={t("shop.file")} state={state} columns={columns} rows={rows} rowId={(d) => d.day} local onOpen={(d) => onOpen(d.day)} empty={null} />;
}
