import { expect, test } from "vitest";
import { buckets, change, currenciesOf, daysOf, daysToAsk, look, rangeOf, sum, usual, type Day } from "./numbers";

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

test("what is usual is the same weekday of the weeks before, as far as there are data", () => {
  const nets = Array<number>(daysToAsk(7)).fill(1);
  const yesterday = nets.length - 2;
  nets[yesterday] = 300;
  [100, 200, 300, 400].forEach((net, i) => (nets[yesterday - 7 * (i + 1)] = net));
  expect(usual(days(nets), "JPY")).toMatchObject({ net: 300, weeks: 4, mean: 250, low: 100, high: 400, day: { day: "2026-04-29" } });
  const young = nets.map((net, i) => (i < yesterday - 15 ? 0 : net));
  expect(usual(days(young), "JPY")).toMatchObject({ weeks: 2, mean: 150 });
});

test("a year is drawn in weeks that end yesterday; what is not whole is said", () => {
  const cut = look(days(Array<number>(15 + 9).fill(100)), 7);
  expect(buckets(cut, false).map((b) => b.open)).toEqual([false, false, false, false, false, false, false, true]);
  const weeks = buckets({ ...cut, now: days(Array<number>(17).fill(100)).slice(0, 16) }, true);
  expect(weeks.map((b) => [b.key, b.open])).toEqual([["2026-04-14~2026-04-15", true], ["2026-04-16~2026-04-22", false], ["2026-04-23~2026-04-29", false]]);
});

test("the days of a mark stand in the address", () => {
  const week = days(Array<number>(7).fill(1));
  expect(daysOf(rangeOf(week))).toEqual(week.map((day) => day.day));
  expect(daysOf("2026-04-30")).toEqual(["2026-04-30"]);
  expect(daysOf("2020-01-01~2026-01-01")).toHaveLength(7);
  expect(daysOf("nonsense")).toEqual([]);
  expect(daysOf(undefined)).toEqual([]);
});

test("the shop's own currency stands first", () => {
  const [day] = days([100]);
  expect(currenciesOf(day ? [{ ...day, revenue: [{ currency: "EUR", net: 1, returning: 0 }, { currency: "JPY", net: 1, returning: 0 }] }] : [], "JPY")).toEqual(["JPY", "EUR"]);
});
