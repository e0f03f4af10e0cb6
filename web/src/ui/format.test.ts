import { expect, test } from "vitest";
import { Format } from "./format";

const ja = new Format("ja");
const en = new Format("en");

test("dates carry their weekday, in the shop's time zone", () => {
  expect(ja.day("2026-03-31T15:30:00Z")).toBe("2026年4月1日(水)");
  expect(en.day("2026-03-31T15:30:00Z")).toBe("Wed, 1 Apr 2026");
  expect(ja.moment("2026-03-31T15:30:00Z")).toBe("2026年4月1日(水) 00:30");
  expect(ja.isoDay("2026-03-31T15:30:00Z")).toBe("2026-04-01");
  expect(ja.day("0001-01-01T00:00:00Z")).toBe("");
  expect(ja.day("nonsense")).toBe("");
});

test("money is in minor units", () => {
  expect(ja.money(12345)).toBe("¥12,345");
  expect(ja.money(1050, "USD")).toBe("$10.50");
  expect(ja.moneyCompact(123_456_789)).toBe("¥1.2億");
  expect(ja.moneyCompact(98_765)).toBe("¥9.9万");
  expect(ja.moneyCompact(9_876)).toBe("¥9,876");
  expect(en.moneyCompact(1_234_500, "USD")).toBe("$12.3k");
  expect(ja.major(1050, "USD")).toBe(10.5);
  expect([ja.currencyName("JPY"), en.currencyName("USD"), en.currencyName("no currency")]).toEqual(["円", "US dollars", "no currency"]);
});

test.each([
  [9_999, "9,999"], [12_345, "1.2万"], [34_000_000, "3,400万"], [120_000_000, "1.2億"], [-23_000, "-2.3万"],
])("%d is written %s", (value, text) => {
  expect(ja.compact(value)).toBe(text);
});

test("relative times", () => {
  const now = new Date("2026-04-10T00:00:00Z");
  expect(ja.relative("2026-04-07T00:00:00Z", now)).toBe("3日前");
  expect(en.relative("2026-04-09T00:00:00Z", now)).toBe("yesterday");
});

test("sizes", () => {
  expect(ja.bytes(73_898_311_680)).toBe("74 GB");
  expect(ja.bytes(1500)).toBe("1.5 kB");
});
