import { SegmentedControl } from "@mantine/core";
import { useState } from "react";
import { list } from "@/api/client";
import { useText } from "@/locale";
import { Rows, type RowMark } from "@/ui/chart/rows";
import { useFormat } from "@/ui/format";
import { called, few, significant } from "../analysis/answers";
import { useColumns } from "../analysis/columns";
import { Figure } from "../analysis/figure";
import { Analysis } from "../analysis/page";
import type { Mark, Results } from "../analysis/queries";
import type { Chosen } from "../analysis/search";

type Product = NonNullable<Results["first-products"]["products"]>[number];

const metrics = ["third", "second", "average"] as const;

/** How many products are drawn; the table has all. */
const drawn = 20;

/** Which first product makes loyal customers. */
export default function FirstProductsPage() {
  return <Analysis name="first-products">{(first, open, chosen) => <Ranking first={first} open={open} chosen={chosen} />}</Analysis>;
}

function Ranking({ first, open, chosen }: { first: Results["first-products"]; open: (mark: Mark) => void; chosen: Chosen }) {
  const { t } = useText();
  const format = useFormat();
  const columns = useColumns<Product>(first.currency);
  const [active, setActive] = useState<number>();
  const metric = metrics.find((m) => m === chosen.search.metric) ?? "third";
  const money = metric === "average";
  const interval = (p: Product) => (metric === "second" ? p.f2 : p.f3);
  // What few began with stands behind the others, however high its share.
  const rank = (p: Product) => (p.people < few ? p.people : few + (money ? p.average : interval(p).low));
  const ranked = list(first.products).sort((a, b) => rank(b) - rank(a));
  const shown = ranked.slice(0, drawn);
  const words = (p: Product) =>
    t("analyses.first_row", {
      product: called(p), people: format.number(p.people), second: format.percent(p.f2.estimate, 1), third: format.percent(p.f3.estimate, 1), low: format.percent(p.f3.low, 1), high: format.percent(p.f3.high, 1),
      average: format.money(Math.round(p.average), first.currency),
    }) + t(p.q < significant ? "analyses.first_sure" : "analyses.first_chance", { q: format.number(p.q, 3) });
  const mark = (p: Product): RowMark => {
    const of = interval(p);
    return {
      key: p.product, label: called(p), note: t("analyses.people_count", { count: p.people, n: format.number(p.people) }), title: words(p), faint: p.people < few,
      ...(money ? { value: p.average, text: format.moneyCompact(Math.round(p.average), first.currency) } : { value: of.estimate, low: of.low, high: of.high, text: format.percent(of.estimate, 1) }),
    };
  };
  const all = money ? first.average : (metric === "second" ? first.f2 : first.f3).estimate;
  const told = active === undefined ? undefined : shown[active];
  return (
    <Figure
      title={t("analyses.first_picture", { days: first.days })}
      columns={[
        columns.words("product", called),
        columns.number("people", (p) => p.people),
        columns.share("second", (p) => p.f2.estimate),
        columns.share("second_low", (p) => p.f2.low),
        columns.share("second_high", (p) => p.f2.high),
        columns.share("third", (p) => p.f3.estimate),
        columns.share("third_low", (p) => p.f3.low),
        columns.share("third_high", (p) => p.f3.high),
        columns.money("average", (p) => p.average),
        columns.number("q", (p) => Math.round(p.q * 10_000) / 10_000, 4),
      ]}
      rows={ranked}
      rowId={(p) => p.product}
      onOpen={(p) => open({ group: p.product })}
      readout={told ? words(told) : t("analyses.first_readout")}
      legend={
        <>
          <span>
            <i data-tone="line" aria-hidden /> {t("analyses.line_all", { value: money ? format.moneyCompact(Math.round(all), first.currency) : format.percent(all, 1) })}
          </span>
          <span>
            <i data-tone="faint" aria-hidden /> {t("analyses.faint", { few })}
          </span>
        </>
      }
      hint={t("analyses.first_hint") + (ranked.length > drawn ? t("analyses.first_of", { shown: drawn, count: ranked.length }) : "")}
      controls={<SegmentedControl size="xs" aria-label={t("analyses.metric")} data={metrics.map((m) => ({ value: m, label: t(`analyses.first_${m}`) }))} value={metric} onChange={(to) => chosen.set({ metric: to === "third" ? undefined : to })} />}
    >
      <Rows label={t("analyses.first_picture", { days: first.days })} rows={shown.map(mark)} shares={!money} line={{ value: all, label: "" }} write={(value) => (money ? format.moneyCompact(value, first.currency) : format.percent(value))} onOpen={(i) => open({ group: shown[i]?.product ?? "" })} active={active} onActive={setActive} />
    </Figure>
  );
}
