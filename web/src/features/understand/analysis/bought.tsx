import { useState } from "react";
import type { components } from "@/api/schema";
import { useText } from "@/locale";
import { cellKey, Heat, type HeatCell } from "@/ui/chart/heat";
import { useFormat } from "@/ui/format";
import { called } from "./answers";
import { useColumns } from "./columns";
import { Figure } from "./figure";

type Bought = components["schemas"]["GroupSales"];

interface GroupProductsProps {
  bought: Bought[];
  groups: { key: string; label: string }[];
  currency: string;
}

/** How many products are drawn; the table has all. */
const drawn = 12;

/** How much more or less a share is, as strength of colour: a quarter or four times is the strongest. */
export const liftStrength = (lift: number): number => (lift > 0 ? Math.max(-1, Math.min(1, Math.log2(lift) / 2)) : -1);

/** What groups of customers buy, against all: the product axis of analyses of customers. */
export function GroupProducts({ bought, groups, currency }: GroupProductsProps) {
  const { t } = useText();
  const format = useFormat();
  const columns = useColumns<Bought>(currency);
  const [active, setActive] = useState<string>();
  const revenue = new Map<string, number>();
  for (const { sold } of bought) revenue.set(sold.product, (revenue.get(sold.product) ?? 0) + sold.revenue);
  const products = [...revenue].sort((a, b) => b[1] - a[1]).slice(0, drawn).map(([product]) => bought.find((b) => b.sold.product === product)?.sold ?? { product, name: "" });
  const title = (group: string) => groups.find((g) => g.key === group)?.label ?? group;
  const rows = groups.filter((g) => bought.some((b) => b.group === g.key));
  const heads = products.map((p) => ({ key: p.product, label: called(p) }));
  const cells = rows.map((row) =>
    heads.map((head): HeatCell | undefined => {
      const of = bought.find((b) => b.group === row.key && b.sold.product === head.key);
      const words = of && t("analyses.bought_cell", { group: row.label, product: head.label, share: format.percent(of.share, 1), lift: format.number(of.lift, 2) });
      return of && { title: words ?? "", text: format.percent(of.share), note: t("analyses.times", { n: format.number(of.lift, 1) }), strength: liftStrength(of.lift), shut: true };
    }),
  );
  const told = rows.flatMap((row, r) => heads.flatMap((head, c) => (cellKey(row, head) === active ? [cells[r]?.[c]?.title] : [])))[0];
  return (
    <Figure
      title={t("analyses.bought")}
      columns={[
        columns.words("group", (b) => title(b.group)),
        columns.words("product", (b) => called(b.sold)),
        columns.money("revenue", (b) => b.sold.revenue),
        columns.share("share_of_group", (b) => b.share),
        columns.number("lift", (b) => Math.round(b.lift * 100) / 100, 2),
      ]}
      rows={bought}
      rowId={(b) => `${b.group}~${b.sold.product}`}
      readout={told ?? t("analyses.bought_readout")}
      hint={t("analyses.bought_hint")}
    >
      <Heat label={t("analyses.bought")} rows={rows} columns={heads} cells={cells} head={118} least={48} slanted active={active} onActive={setActive} />
    </Figure>
  );
}
