import type { components } from "@/api/schema";
import { list } from "@/api/client";
import type { Who } from "@/api/queries";

type Told = components["schemas"]["Day"];
export type Today = components["schemas"]["Today"];

/** What happened on one day, with its date as 2026-04-01 in the shop's time zone. */
export type Day = Omit<Told, "revenue"> & { day: string; revenue: NonNullable<Told["revenue"]> };

export const toDays = (told: readonly Told[] | null, dayOf: (time: string) => string): Day[] =>
  list(told).map((day) => ({ ...day, revenue: list(day.revenue), day: dayOf(day.date) }));

/** How many days can be looked at together. */
export const periods = [7, 28, 90, 365] as const;
export type Period = (typeof periods)[number];

export const readPeriod = (text: string | undefined): Period => periods.find((p) => String(p) === text) ?? 28;

/** How many days to ask for: the period, the one before it, and today. */
export const daysToAsk = (period: Period): number => 2 * period + 1;

/** Whom one can look at. */
export const whos: readonly Who[] = ["all", "new", "returning", "active"];

export const readWho = (text: string | undefined): Who => whos.find((who) => who === text) ?? "all";

/** Money, people and orders of some days. */
export interface Sum {
  net: number;
  /** Of net, from people who had ordered before. */
  netReturning: number;
  orders: number;
  fresh: number;
  returning: number;
  /** People who did anything, of a day on average. */
  active: number;
}

export function sum(days: readonly Day[], currency: string): Sum {
  const all: Sum = { net: 0, netReturning: 0, orders: 0, fresh: 0, returning: 0, active: 0 };
  for (const day of days) {
    const money = day.revenue.find((r) => r.currency === currency);
    all.net += money?.net ?? 0;
    all.netReturning += money?.returning ?? 0;
    all.orders += day.orders;
    all.fresh += day.new;
    all.returning += day.returning;
    all.active += day.active / days.length;
  }
  return all;
}

/** The currencies of orders, the shop's own first. */
export function currenciesOf(days: readonly Day[], own: string): string[] {
  const found = new Set(days.flatMap((day) => day.revenue.map((r) => r.currency)));
  found.delete(own);
  return [own, ...[...found].sort()];
}

const quiet = (day: Day): boolean => day.active === 0 && day.orders === 0;

export interface Look {
  today: Day | undefined;
  /** Days that are over. */
  now: Day[];
  /** As many days before; empty when the data do not reach back so far. */
  before: Day[];
}

/** Cuts the days, of which the last is today, into a period and the one before. */
export function look(days: readonly Day[], period: Period): Look {
  const over = days.slice(0, -1);
  const before = over.slice(-2 * period, -period);
  // A day or two without anybody happens to small shops; more at the beginning is a time before there were data.
  const began = before.findIndex((day) => !quiet(day));
  const whole = before.length === period && began >= 0 && began <= 2;
  return { today: days.at(-1), now: over.slice(-period), before: whole ? before : [] };
}

/** Money that came in until now, against what is usual until this time of the same weekday. */
export interface Compared {
  net: number;
  /** The median of the weeks. */
  usual: number;
  /** How many of the same weekday. */
  weeks: number;
  low: number;
  high: number;
}

/** Compares today; undefined when there is no week to compare with yet. */
export function compared({ so_far: now, usual, weeks }: Today, currency: string): Compared | undefined {
  const net = (of: { revenue: Told["revenue"] }) => list(of.revenue).find((r) => r.currency === currency)?.net ?? 0;
  const nets = list(weeks).map(net);
  if (!usual || nets.length === 0) return undefined;
  return { net: net(now), usual: net(usual), weeks: nets.length, low: Math.min(...nets), high: Math.max(...nets) };
}

/** A mark of the chart: one day, or seven. */
export interface Bucket {
  key: string;
  days: Day[];
  /** Today, or fewer than seven days of a week. */
  open: boolean;
}

/** One mark per day, or per seven days counted back from yesterday when there would be too many. */
export function buckets({ now, today }: Look, byWeek: boolean): Bucket[] {
  if (!byWeek) {
    return [...now, ...(today ? [today] : [])].map((day) => ({ key: day.day, days: [day], open: day === today }));
  }
  const found: Bucket[] = [];
  for (let end = now.length; end > 0; end -= 7) {
    const days = now.slice(Math.max(0, end - 7), end);
    found.unshift({ key: rangeOf(days), days, open: days.length < 7 });
  }
  return found;
}

/** 2026-04-01, or 2026-04-01~2026-04-07. */
export function rangeOf(days: readonly Day[]): string {
  const first = days[0]?.day ?? "";
  const last = days.at(-1)?.day ?? "";
  return first === last ? first : `${first}~${last}`;
}

/** The first and last day of a range; undefined when it is not one. */
export function endsOf(range: string | undefined): [from: string, to: string] | undefined {
  const [from = "", to = from] = (range ?? "").split("~");
  const time = (day: string) => (/^\d{4}-\d\d-\d\d$/.test(day) ? Date.parse(`${day}T00:00:00Z`) : Number.NaN);
  return time(from) <= time(to) ? [from, to] : undefined;
}

/**
 * Whether the days of two periods differ by no more than days differ anyhow: the means lie within two standard errors of
 * their difference (Welch), which is about one chance in twenty of being wrong.
 */
export function steady(now: readonly number[], before: readonly number[]): boolean {
  if (now.length < 2 || before.length < 2) return true;
  const mean = (of: readonly number[]) => of.reduce((a, b) => a + b, 0) / of.length;
  const error = (of: readonly number[]) => of.reduce((all, v) => all + (v - mean(of)) ** 2, 0) / (of.length - 1) / of.length;
  return Math.abs(mean(now) - mean(before)) <= 2 * Math.sqrt(error(now) + error(before));
}

/** How much more, as a share; undefined where there was nothing to compare with. */
export const change = (now: number, before: number | undefined): number | undefined => (before ? now / before - 1 : undefined);
