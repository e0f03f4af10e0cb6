import { useState } from "react";
import { list } from "@/api/client";
import { useText } from "@/locale";
import { cellKey, Heat, type HeatCell } from "@/ui/chart/heat";
import { useFormat } from "@/ui/format";
import { called, few, pairMark, significant } from "../analysis/answers";
import { liftStrength } from "../analysis/bought";
import { useColumns } from "../analysis/columns";
import { Figure } from "../analysis/figure";
import { Analysis } from "../analysis/page";
import type { Mark, Results } from "../analysis/queries";

type Pair = NonNullable<Results["products-next"]["pairs"]>[number];

/** How many products are drawn on each side; the table has all. */
const drawn = 12;

const first = (p: Pair) => called({ product: p.first, name: p.first_name });
const second = (p: Pair) => called({ product: p.second, name: p.second_name });

/** What is bought after what. */
export default function NextProductsPage() {
  return <Analysis name="products-next">{(next, open) => <Matrix next={next} open={open} />}</Analysis>;
}

function Matrix({ next, open }: { next: Results["products-next"]; open: (mark: Mark) => void }) {
  const { t } = useText();
  const format = useFormat();
  const columns = useColumns<Pair>(next.currency);
  const [active, setActive] = useState<string>();
  const pairs = list(next.pairs);
  const products = list(next.products);
  const rows = products.slice(0, drawn).map((p) => ({ key: p.product, label: called(p), note: t("analyses.people_count", { count: p.people, n: format.number(p.people) }) }));
  const followed = new Map<string, { label: string; people: number }>();
  for (const p of pairs) followed.set(p.second, { label: second(p), people: (followed.get(p.second)?.people ?? 0) + p.people });
  const heads = [...followed].sort(([, a], [, b]) => b.people - a.people).slice(0, drawn).map(([key, { label }]) => ({ key, label }));
  const words = (p: Pair) =>
    t("analyses.next_cell", { first: first(p), second: second(p), people: format.number(p.people), share: format.percent(p.share.estimate, 1), low: format.percent(p.share.low, 1), high: format.percent(p.share.high, 1), lift: format.number(p.lift, 2) }) +
    t(p.q < significant ? "analyses.next_sure" : "analyses.next_chance", { q: format.number(p.q, 3) });
  const cells = rows.map((row, r) =>
    heads.map((head): HeatCell | undefined => {
      const pair = pairs.find((p) => p.first === row.key && p.second === head.key);
      return pair && { title: words(pair), text: t("analyses.times", { n: format.number(pair.lift, 1) }), note: format.number(pair.people), strength: liftStrength(pair.lift), faint: (products[r]?.people ?? 0) < few || pair.q >= significant, shut: pair.people === 0 };
    }),
  );
  const told = rows.flatMap((row, r) => heads.flatMap((head, c) => (cellKey(row, head) === active ? [cells[r]?.[c]?.title] : [])))[0];
  return (
    <Figure
      title={t("analyses.next_picture")}
      columns={[
        columns.words("first_product", first),
        columns.words("second_product", second),
        columns.number("people", (p) => p.people),
        columns.share("share_next", (p) => p.share.estimate),
        columns.share("low", (p) => p.share.low),
        columns.share("high", (p) => p.share.high),
        columns.number("lift", (p) => Math.round(p.lift * 100) / 100, 2),
        columns.number("q", (p) => Math.round(p.q * 10_000) / 10_000, 4),
      ]}
      rows={pairs}
      rowId={pairMark}
      onOpen={(p) => open({ group: pairMark(p) })}
      readout={told ?? t("analyses.next_readout")}
      legend={
        <>
          <span>
            <i aria-hidden /> {t("analyses.more_often")}
          </span>
          <span>
            <i data-tone="other" aria-hidden /> {t("analyses.less_often")}
          </span>
          <span>
            <i data-tone="faint" aria-hidden /> {t("analyses.next_faint", { few })}
          </span>
        </>
      }
      hint={t("analyses.next_hint") + t("analyses.hint_people")}
    >
      <Heat label={t("analyses.next_picture")} axes={{ rows: t("analyses.column_first_product"), columns: t("analyses.column_second_product") }} rows={rows} columns={heads} cells={cells} head={150} least={48} tall={40} slanted onOpen={(r, c) => open({ group: pairMark({ first: rows[r]?.key ?? "", second: heads[c]?.key ?? "" }) })} active={active} onActive={setActive} />
    </Figure>
  );
}
