import { expect, test } from "vitest";
import { buckets, change, compared, currenciesOf, endsOf, look, rangeOf, steady, sum, type Day } from "./numbers";

/** As many days as there are amounts, the last being today, 2026-04-30. */
function days(nets: number[]): Day[] {
  return nets.map((net, i) => {
    const day = new Date(Date.UTC(2026, 3, 30 - (nets.length - 1 - i))).toISOString().slice(0, 10);
    return { date: `${day}T00:00:00+09:00`, day, active: net > 0 ? 10 : 0, orders: net > 0 ? 2 : 0, new: net > 0 ? 1 : 0, returning: net > 0 ? 1 : 0, revenue: net > 0 ? [{ currency: "JPY", net, returning: net / 2 }] : [] };
  });
}

test("a period ends yesterday and is compared with the one before", () => {
  const all = days([...Array<number>(7).fill(100), ...Array<number>(7).fill(200), 50]);
  const cut = look(all, 7);
  expect(cut.today?.day).toBe("2026-04-30");
  expect(sum(cut.now, "JPY")).toMatchObject({ net: 1400, netReturning: 700, orders: 14, fresh: 7, active: 10 });
  expect(sum(cut.before, "JPY").net).toBe(700);
  expect(change(1400, 700)).toBe(1);
  expect(change(1400, 0)).toBeUndefined();
});

test("a time before there were data is not compared with", () => {
  expect(look(days([0, 0, 0, 100, 100, 100, 100, ...Array<number>(8).fill(100)]), 7).before).toEqual([]);
  expect(look(days([0, ...Array<number>(14).fill(100)]), 7).before).toHaveLength(7);
  expect(look(days(Array<number>(10).fill(100)), 7).before).toEqual([]);
});

test("today is compared with the usual until the same time, in one currency", () => {
  const money = (net: number) => ({ orders: 1, buyers: 1, revenue: [{ currency: "USD", net: 9, returning: 0 }, { currency: "JPY", net, returning: 0 }] });
  const weeks = [100, 400, 200].map((net) => ({ date: "2026-04-01T00:00:00+09:00", ...money(net) }));
  const today = { until: "2026-04-30T12:00:00+09:00", so_far: money(300), usual: money(200), weeks };
  expect(compared(today, "JPY")).toEqual({ net: 300, usual: 200, weeks: 3, low: 100, high: 400 });
  expect(compared({ ...today, so_far: { orders: 0, buyers: 0, revenue: null } }, "JPY")?.net).toBe(0);
  expect(compared({ until: today.until, so_far: today.so_far, weeks: [] }, "JPY")).toBeUndefined();
});

test("a year is drawn in weeks that end yesterday; what is not whole is said", () => {
  const cut = look(days(Array<number>(15 + 9).fill(100)), 7);
  expect(buckets(cut, false).map((b) => b.open)).toEqual([false, false, false, false, false, false, false, true]);
  const weeks = buckets({ ...cut, now: days(Array<number>(17).fill(100)).slice(0, 16) }, true);
  expect(weeks.map((b) => [b.key, b.open])).toEqual([["2026-04-14~2026-04-15", true], ["2026-04-16~2026-04-22", false], ["2026-04-23~2026-04-29", false]]);
});

test("the days of a mark stand in the address", () => {
  const week = days(Array<number>(7).fill(1));
  expect(endsOf(rangeOf(week))).toEqual([week[0]?.day, week[6]?.day]);
  expect(endsOf("2026-04-30")).toEqual(["2026-04-30", "2026-04-30"]);
  expect(endsOf("2026-04-30~2026-04-01")).toBeUndefined();
  expect(endsOf("nonsense")).toBeUndefined();
  expect(endsOf(undefined)).toBeUndefined();
});

test("the shop's own currency stands first", () => {
  const [day] = days([100]);
  expect(currenciesOf(day ? [{ ...day, revenue: [{ currency: "EUR", net: 1, returning: 0 }, { currency: "JPY", net: 1, returning: 0 }] }] : [], "JPY")).toEqual(["JPY", "EUR"]);
});

test("a difference within what days differ anyhow is none", () => {
  expect(steady([10, 14, 9, 12, 11, 13, 10], [11, 12, 10, 15, 9, 12, 13])).toBe(true);
  expect(steady([20, 24, 19, 22, 21, 23, 20], [11, 12, 10, 15, 9, 12, 13])).toBe(false);
  expect(steady([100], [1])).toBe(true); // too little to tell
  expect(steady([5, 5, 5], [5, 5, 5])).toBe(true);
});
