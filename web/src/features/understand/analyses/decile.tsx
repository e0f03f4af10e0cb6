import { useState } from "react";
import { list } from "@/api/client";
import type { components } from "@/api/schema";
import { useText } from "@/locale";
import { Bars } from "@/ui/chart/bars";
import { useFormat } from "@/ui/format";
import { useColumns } from "../analysis/columns";
import { Figure } from "../analysis/figure";
import { Analysis } from "../analysis/page";
import type { Mark, Results } from "../analysis/queries";

/** Who brings how much of the revenue, in tenths. */
export default function DecilePage() {
  return <Analysis name="decile">{(deciles, open) => <Tenths of={deciles} open={deciles.axis === "product" ? undefined : open} />}</Analysis>;
}

function Tenths({ of, open }: { of: Results["decile"]; open: ((mark: Mark) => void) | undefined }) {
  const { t } = useText();
  const format = useFormat();
  const columns = useColumns<components["schemas"]["Decile"]>(of.currency);
  const [active, setActive] = useState<number>();
  const deciles = list(of.deciles);
  const unit = open ? "people" : "products";
  const words = (d: components["schemas"]["Decile"]) =>
    t(`analyses.decile_${unit}`, { decile: d.decile, count: format.number(d.count), revenue: format.money(d.revenue, of.currency), share: format.percent(d.share, 1), cumulative: format.percent(d.cumulative, 1), average: format.money(Math.round(d.average), of.currency) });
  const chosen = deciles[active ?? 0];
  return (
    <Figure
      title={t("analyses.decile_picture")}
      columns={[
        columns.number("decile", (d) => d.decile),
        columns.number(unit, (d) => d.count),
        columns.money("revenue", (d) => d.revenue),
        columns.share("share_of_revenue", (d) => d.share),
        columns.share("cumulative", (d) => d.cumulative),
        columns.money("average", (d) => d.average),
        columns.money("least", (d) => d.least),
        columns.money("most", (d) => d.most),
      ]}
      rows={deciles}
      rowId={(d) => String(d.decile)}
      onOpen={open && ((d) => open({ group: String(d.decile) }))}
      readout={chosen ? words(chosen) : null}
      legend={
        <>
          <span>
            <i aria-hidden /> {t("analyses.column_revenue")}
          </span>
          <span>
            <i data-tone="other" aria-hidden /> {t("analyses.column_cumulative")}
          </span>
        </>
      }
      hint={open && t("analyses.hint_people")}
    >
      <Bars
        label={t("analyses.decile_picture")}
        height={320}
        bars={deciles.map((d) => ({ key: String(d.decile), label: String(d.decile), title: words(d), parts: [{ value: d.revenue, tone: "plain" }] }))}
        curve={deciles.map((d) => ({ share: d.cumulative, label: format.percent(d.cumulative) }))}
        write={(value) => format.moneyCompact(value, of.currency)}
        onOpen={open && ((i) => open({ group: String(i + 1) }))}
        active={active}
        onActive={setActive}
      />
    </Figure>
  );
}
