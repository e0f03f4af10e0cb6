import { SegmentedControl } from "@mantine/core";
import { useState } from "react";
import { list } from "@/api/client";
import type { components } from "@/api/schema";
import { useText } from "@/locale";
import { cellKey, Heat, type HeatCell, type HeatHead } from "@/ui/chart/heat";
import { useFormat } from "@/ui/format";
import { few, monthName } from "../analysis/answers";
import { useColumns } from "../analysis/columns";
import { Figure } from "../analysis/figure";
import { Analysis } from "../analysis/page";
import type { Mark, Results } from "../analysis/queries";
import type { Chosen } from "../analysis/search";

type Point = components["schemas"]["CohortPoint"];

const metrics = ["share", "people", "average"] as const;

/** How many cohorts and months are drawn, the latest; the table has all. */
const drawn = 24;

/** Which share of those who began in a month goes on buying. */
export default function CohortsPage() {
  return <Analysis name="cohorts">{(cohorts, open, chosen) => <Triangle of={cohorts} open={open} chosen={chosen} />}</Analysis>;
}

interface Cell {
  month: string;
  of: number;
  point: Point;
}

function Triangle({ of, open, chosen }: { of: Results["cohorts"]; open: (mark: Mark) => void; chosen: Chosen }) {
  const { t } = useText();
  const format = useFormat();
  const columns = useColumns<Cell>(of.currency);
  const [active, setActive] = useState<string>();
  const metric = metrics.find((m) => m === chosen.search.metric) ?? "share";
  const say = { t, format };
  const all = list(of.cohorts);
  const shown = all.slice(-drawn);
  const months = Math.min(drawn, Math.max(...shown.map((c) => list(c.points).length), 0));
  const heads = Array.from({ length: months }, (_, later): HeatHead => ({ key: String(later), label: t("analyses.month_later", { later }) }));
  const rows: HeatHead[] = [
    ...shown.map((c) => ({ key: c.month, label: monthName(c.month, say), note: t("analyses.people_count", { count: c.people, n: format.number(c.people) }) })),
    { key: "all", label: t("analyses.cohorts_all") },
  ];
  const lines = [...shown.map((c) => ({ people: c.people, points: list(c.points) })), { people: Infinity, points: list(of.all) }];
  const valueOf = (p: Point) => (metric === "share" ? p.share.estimate : metric === "people" ? p.people : p.average);
  const most = Math.max(...lines.slice(0, -1).flatMap((line) => line.points.filter((p) => p.later > 0 || metric === "average").map(valueOf)), 0);
  const write = (p: Point) => (metric === "share" ? format.percent(p.share.estimate) : metric === "people" ? format.number(p.people) : format.moneyCompact(Math.round(p.average), of.currency));
  const words = (month: string, p: Point) =>
    t("analyses.cohort_cell", {
      month: month === "all" ? t("analyses.cohorts_all") : monthName(month, say), later: p.later, people: format.number(p.people), share: format.percent(p.share.estimate, 1), low: format.percent(p.share.low, 1),
      high: format.percent(p.share.high, 1), average: format.money(Math.round(p.average), of.currency),
    }) + (p.partial ? t("analyses.cohort_partial") : "");
  const cells = lines.map((line, r) =>
    heads.map((head): HeatCell | undefined => {
      const point = line.points[Number(head.key)];
      const whole = head.key === "0" && metric !== "average"; // in the month of their first order all have ordered
      return point && { title: words(rows[r]?.key ?? "", point), text: write(point), strength: whole || most === 0 ? 0 : valueOf(point) / most, faint: line.people < few, open: !!point.partial, shut: r === shown.length || point.people === 0 };
    }),
  );
  const told = rows.flatMap((row, r) => heads.flatMap((head, c) => (cellKey(row, head) === active ? [cells[r]?.[c]?.title] : [])))[0];
  return (
    <Figure
      title={t("analyses.cohorts_picture")}
      columns={[
        columns.words("month", (c) => c.month),
        columns.number("of", (c) => c.of),
        columns.number("later", (c) => c.point.later),
        columns.number("people", (c) => c.point.people),
        columns.share("share_of_cohort", (c) => c.point.share.estimate),
        columns.share("low", (c) => c.point.share.low),
        columns.share("high", (c) => c.point.share.high),
        columns.money("spend", (c) => c.point.spend),
        columns.money("average_so_far", (c) => c.point.average),
      ]}
      rows={all.flatMap((c) => list(c.points).map((point) => ({ month: c.month, of: c.people, point })))}
      rowId={(c) => `${c.month}~${c.point.later}`}
      onOpen={(c) => open({ group: c.month, later: String(c.point.later) })}
      readout={told ?? t("analyses.cohorts_readout")}
      legend={
        <span>
          <i data-tone="faint" aria-hidden /> {t("analyses.faint", { few })}
        </span>
      }
      hint={t("analyses.hint_people") + (all.length > drawn ? t("analyses.cohorts_latest", { months: drawn }) : "")}
      controls={<SegmentedControl size="xs" aria-label={t("analyses.metric")} data={metrics.map((m) => ({ value: m, label: t(`analyses.cohort_${m}`) }))} value={metric} onChange={(to) => chosen.set({ metric: to === "share" ? undefined : to })} />}
    >
      <Heat label={t("analyses.cohorts_label")} axes={{ rows: t("analyses.cohorts_rows"), columns: t("analyses.cohorts_columns") }} rows={rows} columns={heads} cells={cells} head={86} least={metric === "average" ? 58 : 44} tall={34} onOpen={(r, c) => open({ group: rows[r]?.key ?? "", later: heads[c]?.key })} active={active} onActive={setActive} />
    </Figure>
  );
}
