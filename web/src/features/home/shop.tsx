import { ActionIcon, SegmentedControl, Select, Tooltip } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { lazy, Suspense, useState } from "react";
import type { components } from "@/api/schema";
import type { Who } from "@/api/queries";
import { useText } from "@/locale";
import { Bars, type Bar } from "@/ui/chart/bars";
import { save } from "@/ui/download";
import { useFormat } from "@/ui/format";
import { Panel } from "@/ui/page";
import { Loading } from "@/ui/states";
import { toCSV } from "@/ui/table/csv";
import { told } from "@/ui/toast";
import { Answer } from "./answer";
import { useDayColumns, DayTable } from "./days";
import { buckets, change, currenciesOf, endsOf, look, periods, rangeOf, readWho, steady, sum, toDays, type Bucket, type Day, type Look, type Period, type Sum } from "./numbers";
import { Tiles, type Metric, type Tile } from "./tiles";
import css from "./shop.module.css";

const People = lazy(() => import("./people"));

const metrics: readonly Metric[] = ["revenue", "orders", "new", "returning", "active"];

/** What opens when a mark of a metric is pressed. */
const whoOf = (metric: Metric): Who => (metric === "new" || metric === "returning" || metric === "active" ? metric : "all");

interface ShopProps {
  numbers: components["schemas"]["Numbers"];
  period: Period;
  busy: boolean;
}

/** The numbers of the shop: how today and the period go against what is usual. */
export default function Shop({ numbers, period, busy }: ShopProps) {
  const { t } = useText();
  const format = useFormat();
  const search: Record<string, string | undefined> = useSearch({ strict: false });
  const navigate = useNavigate();
  const go = (changes: Record<string, string | undefined>, replace = true) => void navigate({ to: ".", search: { ...search, ...changes }, replace, resetScroll: false });

  const days = toDays(numbers.days, (time) => format.isoDay(time));
  const currencies = currenciesOf(days, format.currency);
  const currency = currencies.find((c) => c === search.currency) ?? (sum(days, format.currency).net === 0 ? (currencies[1] ?? format.currency) : format.currency);
  const metric = metrics.find((m) => m === search.metric) ?? "revenue";
  const shown = look(days, period);
  const now = sum(shown.now, currency);
  const before = shown.before.length > 0 ? sum(shown.before, currency) : undefined;
  const table = search.view === "table";
  const people = endsOf(search.people);
  const columns = useDayColumns(currency);
  const rows = [...shown.now, ...(shown.today ? [shown.today] : [])].reverse();
  const open = (range: string, who: Who) => go({ people: range, who: who === "all" ? undefined : who }, false);

  const exportDays = () => {
    save(`${t("shop.file")}.csv`, new Blob([toCSV([columns.map((c) => c.title), ...rows.map((row) => columns.map((c) => c.value(row)))])], { type: "text/csv;charset=utf-8" }));
    told(t("table.exported", { count: rows.length }));
  };

  return (
    <>
      <Panel
        title={t("shop.question")}
        aside={
          <span className={`${css.controls} no-print`}>
            {currencies.length > 1 ? <Select size="xs" w={86} aria-label={t("shop.currency")} data={currencies} value={currency} allowDeselect={false} onChange={(to) => go({ currency: to === format.currency ? undefined : (to ?? undefined) })} /> : null}
            <SegmentedControl size="xs" aria-label={t("shop.period")} data={periods.map((p) => ({ value: String(p), label: p === 365 ? t("shop.year") : t("shop.days", { days: p }) }))} value={String(period)} onChange={(to) => go({ period: to === "28" ? undefined : to })} />
          </span>
        }
      >
        <Answer today={numbers.today} yesterday={days.at(-2)} currency={currency} onOpen={(day) => open(day, "all")} />
        <Tiles tiles={tilesOf(shown, currency)} metric={metric} period={period} currency={currency} onMetric={(to) => go({ metric: to === "revenue" ? undefined : to })} />
        <div className={css.views}>
          <strong>{table ? t("shop.file") : t(`shop.metric_${metric}`)}</strong>
          <button type="button" className={`${css.people} no-print`} onClick={() => open(rangeOf(shown.now), whoOf(metric))}>
            {t(metric === "active" ? "shop.people_active" : "shop.people_period")}
          </button>
          <span style={{ flex: 1 }} />
          <SegmentedControl className="no-print" size="xs" aria-label={t("shop.view")} data={[{ value: "chart", label: t("shop.view_chart") }, { value: "table", label: t("shop.view_table") }]} value={table ? "table" : "chart"} onChange={(to) => go({ view: to === "table" ? to : undefined })} />
          {table ? null : (
            <Tooltip label={t("table.export")}>
              <ActionIcon className="no-print" aria-label={t("table.export")} onClick={exportDays}>
                <IconDownload size={17} stroke={1.6} />
              </ActionIcon>
            </Tooltip>
          )}
        </div>
        <div aria-busy={busy} className={busy ? css.busy : undefined}>
          {table ? <DayTable columns={columns} rows={rows} onOpen={(day) => open(day, whoOf(metric))} /> : <Picture bars={buckets(shown, period > 90)} metric={metric} currency={currency} before={before} period={period} onOpen={(range) => open(range, whoOf(metric))} />}
        </div>
        <p className={css.says}>
          {t("shop.says")} {currencies.length > 1 ? t("shop.says_currencies") : null} {before ? t("shop.says_before", { range: span(shown.before, format) }) + t("shop.says_steady") : t("shop.says_nothing_before", { days: period })}{" "}
          {t("shop.says_computed", { time: format.moment(numbers.computed_at), orders: format.number(now.orders) })}
        </p>
      </Panel>
      <Suspense fallback={<Loading lines={1} />}>{people ? <People days={people} who={readWho(search.who)} onWho={(who) => go({ who: who === "all" ? undefined : who })} onClose={() => go({ people: undefined, who: undefined })} /> : null}</Suspense>
    </>
  );
}

type Writer = ReturnType<typeof useFormat>;

const span = (days: readonly { date: string }[], format: Writer): string => `${format.day(days[0]?.date ?? "")} – ${format.day(days.at(-1)?.date ?? "")}`;

function tilesOf({ now, before }: Look, currency: string): Tile[] {
  const tile = (metric: Tile["metric"], of: (all: Sum) => number | undefined): Tile => {
    const whole = (days: readonly Day[]) => (days.length > 0 ? of(sum(days, currency)) : undefined);
    const daily = (days: readonly Day[]) => days.flatMap((day) => whole([day]) ?? []);
    const [value, then] = [whole(now), whole(before)];
    const points = value !== undefined && then !== undefined ? value - then : undefined;
    return { metric, value, before: then, change: metric === "share" ? points : change(value ?? 0, then), steady: steady(daily(now), daily(before)) };
  };
  return [
    tile("revenue", (all) => all.net),
    tile("orders", (all) => all.orders),
    tile("new", (all) => all.fresh),
    tile("returning", (all) => all.returning),
    tile("share", (all) => (all.net > 0 ? all.netReturning / all.net : undefined)),
    tile("active", (all) => all.active),
  ];
}

/** Of a sum, what a metric shows, and how it is split. */
function partsOf(metric: Metric, of: Sum): Bar["parts"] {
  switch (metric) {
    case "revenue":
      return [{ value: of.netReturning, tone: "returning" }, { value: of.net - of.netReturning, tone: "new" }];
    case "orders":
      return [{ value: of.orders, tone: "plain" }];
    case "new":
      return [{ value: of.fresh, tone: "new" }];
    case "returning":
      return [{ value: of.returning, tone: "returning" }];
    default:
      return [{ value: of.active, tone: "plain" }];
  }
}

const totalOf = (metric: Metric, of: Sum): number => partsOf(metric, of).reduce((all, part) => all + part.value, 0);

interface PictureProps {
  bars: Bucket[];
  metric: Metric;
  currency: string;
  before: Sum | undefined;
  period: Period;
  onOpen: (range: string) => void;
}

function Picture({ bars, metric, currency, before, period, onOpen }: PictureProps) {
  const { t } = useText();
  const format = useFormat();
  const [active, setActive] = useState<number>();
  const money = metric === "revenue";
  const write = (value: number) => (money ? format.money(value, currency) : format.number(value, 1));
  const axis = (value: number) => (money ? format.moneyCompact(value, currency) : format.compact(value));
  const name = (bucket: Bucket) => {
    const first = bucket.days[0];
    if (!first) return "";
    if (bucket.days.length > 1) return `${span(bucket.days, format)}${bucket.open ? t("shop.short_week", { days: bucket.days.length }) : ""}`;
    return format.day(first.date) + (bucket.open ? t("shop.not_over") : "");
  };
  const words = (bucket: Bucket) => {
    const of = sum(bucket.days, currency);
    const split = money && of.net > 0 ? t("shop.split", { fresh: format.money(of.net - of.netReturning, currency), returning: format.money(of.netReturning, currency) }) : "";
    return { day: name(bucket), value: write(totalOf(metric, of)), split };
  };
  const labels = axisLabels(bars, period, format);
  const drawn = bars.map((bucket, i): Bar => {
    const of = sum(bucket.days, currency);
    const told = words(bucket);
    return {
      key: bucket.key, open: bucket.open, label: labels[i], parts: partsOf(metric, of),
      title: [told.day, `${t(`shop.metric_${metric}`)} ${told.value}`, told.split].filter(Boolean).join(" · "),
      note: period === 7 ? axis(totalOf(metric, of)) : undefined,
    };
  });
  // What is read out when nothing is pointed at: the last day or week that is over.
  const at = active ?? bars.findLastIndex((bucket) => !bucket.open);
  const told = bars[at] ? words(bars[at]) : undefined;
  const usualDay = before ? totalOf(metric, before) / (metric === "active" ? 1 : period) : undefined;
  const perBar = usualDay === undefined ? undefined : usualDay * (period > 90 && metric !== "active" ? 7 : 1);
  const tones = money ? ["returning", "new"] : [];
  return (
    <figure className={css.figure}>
      <figcaption className={css.readout}>
        <span className="num">
          {told?.day} <strong>{told?.value}</strong> <span className="soft">{told?.split}</span>
        </span>
        <span className={css.legend}>
          {perBar ? (
            <span>
              <i data-tone="line" aria-hidden /> {t(period > 90 && metric !== "active" ? "shop.line_week" : "shop.line", { value: axis(perBar) })}
            </span>
          ) : null}
          {tones.map((tone) => (
            <span key={tone}>
              <i data-tone={tone} aria-hidden /> {t(`shop.tone_${tone}`)}
            </span>
          ))}
        </span>
      </figcaption>
      <Bars
        bars={drawn}
        label={t("shop.chart", { metric: t(`shop.metric_${metric}`) })}
        write={axis}
        line={perBar}
        active={active}
        onActive={setActive}
        onOpen={(i) => {
          const bucket = bars[i];
          if (bucket) onOpen(rangeOf(bucket.days));
        }}
      />
      <p className={`${css.hint} no-print`}>{t(metric === "active" ? "shop.hint_active" : "shop.hint")}</p>
    </figure>
  );
}

/** Every day of a week, every Monday of a month, and the beginnings of months. */
function axisLabels(bars: Bucket[], period: Period, format: Writer): (string | undefined)[] {
  return bars.map((bucket, i) => {
    const first = bucket.days[0];
    if (!first) return undefined;
    if (period === 7) return format.language === "ja" ? `${format.monthDay(first.date)}(${format.weekday(first.date, "short")})` : format.date(first.date).replace(/ \w+$/, "");
    if (period === 28) return new Date(`${first.day}T00:00:00Z`).getUTCDay() === 1 ? format.monthDay(first.date) : undefined;
    const month = first.day.slice(0, 7);
    const earlier = bars[i - 1]?.days[0]?.day.slice(0, 7);
    if (month === earlier || (earlier === undefined && !first.day.endsWith("-01"))) return undefined;
    return format.month(first.date);
  });
}
