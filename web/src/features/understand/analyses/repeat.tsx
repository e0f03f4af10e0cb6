import { Button, SegmentedControl } from "@mantine/core";
import { useState } from "react";
import { list } from "@/api/client";
import type { components } from "@/api/schema";
import { useText } from "@/locale";
import { Curves, valueAt, type Curve } from "@/ui/chart/curves";
import { useFormat } from "@/ui/format";
import { Figures, Panel } from "@/ui/page";
import { few } from "../analysis/answers";
import { useColumns } from "../analysis/columns";
import { Figure } from "../analysis/figure";
import { Analysis } from "../analysis/page";
import type { Mark, Results } from "../analysis/queries";
import type { Chosen } from "../analysis/search";
import css from "../analysis/analysis.module.css";

type Schemas = components["schemas"];

const spans = ["90", "180", "365", "730"];

/** When the second, third and fourth order come, and for how many. */
export default function RepeatPage() {
  return (
    <Analysis name="repeat">
      {(repeat, open, chosen) => (
        <>
          <Times repeat={repeat} chosen={chosen} />
          <Medians steps={list(repeat.steps)} open={open} />
        </>
      )}
    </Analysis>
  );
}

export const curveOf = (points: Schemas["CurvePoint"][] | null): Curve["points"] => list(points).map((p) => ({ x: p.days, value: p.estimate, low: p.low, high: p.high }));

function Times({ repeat, chosen }: { repeat: Results["repeat"]; chosen: Chosen }) {
  const { t } = useText();
  const format = useFormat();
  const columns = useColumns<Schemas["RepeatRate"] & { step: string; people: number }>(repeat.currency);
  const [active, setActive] = useState<number>();
  const steps = list(repeat.steps).filter((s) => s.people >= few || s.step === "F2");
  const span = spans.find((s) => s === chosen.search.span) ?? "365";
  const until = Math.min(Number(span), Math.max(...steps.flatMap((s) => list(s.curve).map((p) => p.days)), 1));
  const curves = steps.map((s): Curve => ({ key: s.step, label: s.step, points: curveOf(s.curve) }));
  const day = active ?? Math.min(90, until);
  const told = curves.flatMap((c) => {
    const at = valueAt(c.points, day);
    return at ? [t("analyses.repeat_at", { step: c.label, share: format.percent(at.value, 1), low: format.percent(at.low, 1), high: format.percent(at.high, 1) })] : [];
  });
  return (
    <Figure
      title={t("analyses.repeat_picture")}
      columns={[
        columns.words("step", (r) => r.step),
        columns.number("of", (r) => r.people),
        columns.number("within", (r) => r.days),
        columns.share("share_came", (r) => r.estimate),
        columns.share("low", (r) => r.low),
        columns.share("high", (r) => r.high),
      ]}
      rows={list(repeat.steps).flatMap((s) => list(s.rates).map((rate) => ({ ...rate, step: s.step, people: s.people })))}
      rowId={(r) => `${r.step}~${r.days}`}
      readout={
        <>
          <strong>{t("analyses.by_day", { days: day })}</strong> {told.join(t("list.separator"))}
        </>
      }
      legend={<span>{t("analyses.bands")}</span>}
      controls={<SegmentedControl size="xs" aria-label={t("analyses.span")} data={spans.map((days) => ({ value: days, label: t("analyses.days", { days }) }))} value={span} onChange={(to) => chosen.set({ span: to === "365" ? undefined : to })} />}
    >
      <Curves label={`${t("analyses.repeat_picture")}: ${told.join(" / ")}`} curves={curves} until={until} write={(share) => format.percent(share)} writeX={(days) => t("analyses.days", { days })} active={active} onActive={setActive} />
    </Figure>
  );
}

function Medians({ steps, open }: { steps: Schemas["RepeatStep"][]; open: (mark: Mark) => void }) {
  const { t } = useText();
  const format = useFormat();
  const days = (n: number | undefined) => (n === undefined ? "–" : t("analyses.days", { days: format.number(n) }));
  return (
    <Panel title={t("analyses.repeat_steps")}>
      <Figures
        items={steps.map((s) => ({
          label: t("analyses.step", { step: s.step, n: s.step.slice(1) }),
          value: t("analyses.came", { came: format.number(s.came), people: format.number(s.people) }),
          note: (
            <>
              {s.median === undefined
                ? t("analyses.median_came", { days: days(s.median_of_came) })
                : t("analyses.median", { days: days(s.median), low: days(s.median_low), high: s.median_high === undefined ? t("analyses.unknown_end") : days(s.median_high) })}
              <span className={`${css.row} no-print`}>
                <Button size="compact-xs" variant="default" disabled={s.came === 0} onClick={() => open({ group: s.step.toLowerCase() })}>
                  {t("analyses.see_came", { step: s.step, n: format.number(s.came) })}
                </Button>
                <Button size="compact-xs" variant="default" disabled={s.people === s.came} onClick={() => open({ group: `${s.step.toLowerCase()}-open` })}>
                  {t("analyses.see_open", { step: s.step, n: format.number(s.people - s.came) })}
                </Button>
              </span>
            </>
          ),
        }))}
      />
    </Panel>
  );
}
