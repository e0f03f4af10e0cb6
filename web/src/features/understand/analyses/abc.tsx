import { useState } from "react";
import { list } from "@/api/client";
import type { components } from "@/api/schema";
import { useText } from "@/locale";
import { Rows } from "@/ui/chart/rows";
import { useFormat } from "@/ui/format";
import { called } from "../analysis/answers";
import { useColumns } from "../analysis/columns";
import { Figure } from "../analysis/figure";
import { Analysis } from "../analysis/page";
import type { Mark, Results } from "../analysis/queries";
import { Pareto } from "./pareto";

type Schemas = components["schemas"];

/** Which few make most of the revenue. */
export default function ABCPage() {
  return (
    <Analysis name="abc">
      {(abc, open) => (
        <>
          <Classes abc={abc} open={abc.axis === "product" ? undefined : open} />
          {abc.products ? <Products abc={abc} products={abc.products} /> : null}
        </>
      )}
    </Analysis>
  );
}

function Classes({ abc, open }: { abc: Results["abc"]; open: ((mark: Mark) => void) | undefined }) {
  const { t } = useText();
  const format = useFormat();
  const columns = useColumns<Schemas["ABCClass"]>(abc.currency);
  const [active, setActive] = useState<number>();
  const classes = list(abc.classes);
  const unit = open ? "people" : "products";
  const words = (c: Schemas["ABCClass"]) => t(`analyses.abc_${unit}`, { name: c.class, count: format.number(c.count), share: format.percent(c.count_share, 1), revenue: format.money(c.revenue, abc.currency), revenue_share: format.percent(c.revenue_share, 1) });
  const corners = classes.map((_, i): [number, number] => [sum(classes.slice(0, i + 1).map((c) => c.count_share)), sum(classes.slice(0, i + 1).map((c) => c.revenue_share))]);
  const products = list(abc.products).map((p, i): [number, number] => [(i + 1) / abc.count, p.cumulative]);
  const chosen = classes[active ?? 0];
  return (
    <Figure
      title={t("analyses.abc_picture")}
      columns={[
        columns.words("class", (c) => c.class),
        columns.number(unit, (c) => c.count),
        columns.share("share", (c) => c.count_share),
        columns.money("revenue", (c) => c.revenue),
        columns.share("share_of_revenue", (c) => c.revenue_share),
        columns.money("least", (c) => c.least),
      ]}
      rows={classes}
      rowId={(c) => c.class}
      onOpen={open && ((c) => open({ group: c.class }))}
      readout={chosen ? words(chosen) : null}
      legend={<span>{t("analyses.abc_even")}</span>}
      hint={open && t("analyses.hint_people")}
    >
      <Pareto
        label={t("analyses.abc_picture")}
        blocks={classes.map((c) => ({ key: c.class, title: words(c), label: c.class, count: c.count_share, revenue: c.revenue_share }))}
        curve={products.length > 0 ? products : corners}
        axes={{ count: t(`analyses.axis_count_${unit}`), revenue: t("analyses.column_share_of_revenue") }}
        write={(share) => format.percent(share)}
        onOpen={open && ((i) => open({ group: classes[i]?.class ?? "" }))}
        active={active}
        onActive={setActive}
      />
    </Figure>
  );
}

const sum = (values: number[]): number => values.reduce((all, v) => all + v, 0);

/** How many products are drawn; the table has all. */
const drawn = 20;

function Products({ abc, products }: { abc: Results["abc"]; products: Schemas["ABCProduct"][] }) {
  const { t } = useText();
  const format = useFormat();
  const columns = useColumns<Schemas["ABCProduct"]>(abc.currency);
  const [active, setActive] = useState<number>();
  return (
    <Figure
      title={t("analyses.abc_ranking")}
      columns={[
        columns.words("product", called),
        columns.words("class", (p) => p.class),
        columns.money("revenue", (p) => p.revenue),
        columns.share("share_of_revenue", (p) => p.share),
        columns.share("cumulative", (p) => p.cumulative),
        columns.number("quantity", (p) => p.quantity, 1),
        columns.number("people", (p) => p.people),
      ]}
      rows={products}
      rowId={(p) => p.product}
      hint={[products.length > drawn ? t("analyses.first_of", { shown: drawn, count: products.length }) : "", abc.unidentified ? t("analyses.abc_unidentified", { revenue: format.money(abc.unidentified, abc.currency) }) : ""].join("")}
    >
      <Rows
        label={t("analyses.abc_ranking")}
        rows={products.slice(0, drawn).map((p) => {
          const told = { product: called(p), name: p.class, revenue: format.money(p.revenue, abc.currency), cumulative: format.percent(p.cumulative, 1) };
          return { key: p.product, label: called(p), value: p.revenue, title: t("analyses.abc_product", told), text: t("analyses.abc_product_end", told) };
        })}
        write={(value) => format.moneyCompact(value, abc.currency)}
        active={active}
        onActive={setActive}
      />
    </Figure>
  );
}
