import { SegmentedControl } from "@mantine/core";
import { useElementSize } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useRef, useState, type KeyboardEvent } from "react";
import { useText } from "@/locale";
import { roomy, ticks } from "@/ui/chart/scale";
import { useFormat } from "@/ui/format";
import { Empty, Loaded } from "@/ui/states";
import { conditionLink } from "../link";
import { historyQuery } from "../queries";
import type { HistoryDay, Segment } from "../types";
import css from "./segment.module.css";

const spans = [30, 90, 365] as const;
const noon = (day: string) => `${day}T12:00:00Z`;

/** How the size came about: people in it, and who came and went each day. */
export default function History({ segment }: { segment: Segment }) {
  const { t } = useText();
  const [days, setDays] = useState<number>(90);
  const [table, setTable] = useState(false);
  const history = useQuery(historyQuery(segment.id, days));
  return (
    <div className={css.inset}>
      <div className={css.bar}>
        <SegmentedControl size="xs" aria-label={t("shop.period")} data={spans.map((n) => ({ value: String(n), label: t("shop.days", { days: n }) }))} value={String(days)} onChange={(n) => setDays(Number(n))} />
        <SegmentedControl size="xs" aria-label={t("shop.view")} data={[{ value: "chart", label: t("shop.view_chart") }, { value: "table", label: t("shop.view_table") }]} value={table ? "table" : "chart"} onChange={(to) => setTable(to === "table")} />
      </div>
      <Loaded query={history} lines={8}>
        {(all) => (all.length === 0 ? <Empty title={t("segments.history_none")}>{t("segments.history_none_text")}</Empty> : table ? <Days days={all} /> : <Chart days={all} segment={segment} />)}
      </Loaded>
    </div>
  );
}

function Days({ days }: { days: HistoryDay[] }) {
  const { t } = useText();
  const format = useFormat();
  return (
    <div className={css.scroll} tabIndex={0} role="region" aria-label={t("segments.tab_history")}>
      <table className={css.table}>
        <thead>
          <tr>
            <th scope="col">{t("shop.day")}</th>
            <th scope="col">{t("segments.size")}</th>
            <th scope="col">{t("segments.entered")}</th>
            <th scope="col">{t("segments.left")}</th>
          </tr>
        </thead>
        <tbody>
          {days.toReversed().map((day) => (
            <tr key={day.day}>
              <th scope="row">{format.day(noon(day.day))}</th>
              <td>{format.number(day.size)}</td>
              <td>{format.number(day.entered)}</td>
              <td>{format.number(day.left)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const left = 58;
const upper = 190;
const gap = 26;
const lower = 84;

/** The size as a line from zero; below it who entered, upwards, and who left, downwards. */
function Chart({ days, segment }: { days: HistoryDay[]; segment: Segment }) {
  const { t } = useText();
  const format = useFormat();
  const { ref, width } = useElementSize();
  const marks = useRef<SVGGElement>(null);
  const [active, setActive] = useState<number>();
  const at = active === undefined ? undefined : days[active];
  const lines = ticks(Math.max(...days.map((day) => day.size)));
  const ceiling = Math.max(lines.at(-1) ?? 0, 1);
  const moved = Math.max(...days.map((day) => Math.max(day.entered, day.left)), 1);
  const slot = Math.max(0, width - left - 8) / days.length;
  const x = (i: number) => left + slot * (i + 0.5);
  const y = (size: number) => 12 + (upper - 12) * (1 - size / ceiling);
  const middle = upper + gap + lower / 2;
  const tall = (n: number) => (n > 0 ? Math.max(1, (n / moved) * (lower / 2 - 2)) : 0);
  const bar = Math.max(1, Math.min(18, slot * 0.7));
  const labels = roomy(days.map((day, i) => (days.length <= 31 || i % 7 === 0 ? format.monthDay(noon(day.day)) : undefined)), slot);
  const said = (day: HistoryDay) => t("segments.history_day", { day: format.day(noon(day.day)), size: format.number(day.size), entered: format.number(day.entered), left: format.number(day.left) });

  const keys = (event: KeyboardEvent, i: number) => {
    const step = { ArrowRight: 1, ArrowLeft: -1, Home: -i, End: days.length - 1 - i }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    (marks.current?.children[Math.max(0, Math.min(days.length - 1, i + step))] as SVGElement | undefined)?.focus();
  };
  const height = upper + gap + lower + 22;
  return (
    <>
      <div ref={ref} className={css.chart} style={{ height }}>
        {width > 0 ? (
          <svg width={width} height={height} role="group" aria-label={t("segments.history_chart")}>
            <g aria-hidden>
              {lines.map((value) => (
                <g key={value}>
                  <line x1={left} x2={width} y1={y(value)} y2={y(value)} className={css.grid} />
                  <text x={left - 8} y={y(value) + 4} textAnchor="end" className={css.axis}>
                    {format.compact(value)}
                  </text>
                </g>
              ))}
              <line x1={left} x2={width} y1={middle} y2={middle} className={css.grid} />
              <text x={left - 8} y={middle - 8} textAnchor="end" className={css.axis}>
                {t("segments.entered")}
              </text>
              <text x={left - 8} y={middle + 18} textAnchor="end" className={css.axis}>
                {t("segments.left")}
              </text>
              <polyline className={css.line} points={days.map((day, i) => `${x(i)},${y(day.size)}`).join(" ")} />
              {days.length === 1 && days[0] ? <circle className={css.dot} cx={x(0)} cy={y(days[0].size)} r={4} /> : null}
              {days.map((day, i) => (
                <g key={day.day}>
                  <rect className={css.entered} x={x(i) - bar / 2} width={bar} y={middle - tall(day.entered)} height={tall(day.entered)} />
                  <rect className={css.left} x={x(i) - bar / 2} width={bar} y={middle} height={tall(day.left)} />
                  {labels[i] ? (
                    <text x={x(i)} y={height - 6} textAnchor="middle" className={css.axis}>
                      {labels[i]}
                    </text>
                  ) : null}
                </g>
              ))}
            </g>
            <g ref={marks}>
              {days.map((day, i) => (
                <rect key={day.day} role="img" aria-label={said(day)} tabIndex={i === (active ?? days.length - 1) ? 0 : -1} className={css.hit} {...(i === active ? { "data-active": true } : {})} x={left + slot * i} y={0} width={slot} height={height - 20} onMouseEnter={() => setActive(i)} onFocus={() => setActive(i)} onKeyDown={(event) => keys(event, i)} />
              ))}
            </g>
          </svg>
        ) : null}
      </div>
      <p className={`${css.readout} num`} aria-live="polite">
        {at ? said(at) : t("segments.history_hint")}{" "}
        {at && segment.kind === "rule" ? (
          <>
            {at.entered > 0 ? <DayLink segment={segment} day={at.day} state="entered" /> : null} {at.left > 0 ? <DayLink segment={segment} day={at.day} state="left" /> : null}
          </>
        ) : null}
      </p>
    </>
  );
}

function DayLink({ segment, day, state }: { segment: Segment; day: string; state: "entered" | "left" }) {
  const { t } = useText();
  const condition = { type: "segment" as const, id: segment.id, state, window: { op: "between_dates" as const, from: day, to: day } };
  return (
    <Link to="/understand/segments/new" search={conditionLink(condition)}>
      {t(`segments.history_${state}`)}
    </Link>
  );
}
