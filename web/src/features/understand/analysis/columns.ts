import { useText } from "@/locale";
import { useFormat } from "@/ui/format";
import type { Column } from "@/ui/table/columns";

/** The kinds of columns that tables of analyses are made of; `t` names them under "analyses.column_". */
export function useColumns<Row>(currency: string) {
  const { t } = useText();
  const format = useFormat();
  const title = (id: string) => t(`analyses.column_${id}`);
  const numeric = (id: string, value: (row: Row) => number | undefined, write: (value: number) => string, unit = ""): Column<Row> => ({
    id, title: unit ? t("analyses.in_unit", { title: title(id), unit }) : title(id), end: true, sortable: true, value,
    cell: (row) => {
      const of = value(row);
      return of === undefined ? "" : write(of);
    },
  });
  return {
    words: (id: string, value: (row: Row) => string): Column<Row> => ({ id, title: title(id), fixed: true, sortable: true, value, cell: value }),
    number: (id: string, value: (row: Row) => number | undefined, digits = 0) => numeric(id, value, (v) => format.number(v, digits)),
    /** Shares are told in percent, in files too. */
    share: (id: string, share: (row: Row) => number) => numeric(id, (row) => Math.round(share(row) * 1000) / 10, (v) => format.percent(v / 100, 1), "%"),
    money: (id: string, minor: (row: Row) => number) => numeric(id, (row) => format.major(Math.round(minor(row)), currency), (v) => format.money(v / format.major(1, currency), currency), currency),
  };
}
