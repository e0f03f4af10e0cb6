import { expect, test } from "vitest";
import { clipped, roomy, shareTicks, ticks } from "./scale";

test("an axis begins at zero and has round steps", () => {
  expect(ticks(0)).toEqual([0]);
  expect(ticks(3)).toEqual([0, 1, 2, 3]);
  expect(ticks(56_564)).toEqual([0, 20_000, 40_000, 60_000]);
  expect(ticks(100)).toEqual([0, 25, 50, 75, 100]);
  for (const most of [1, 7, 19, 123, 98_765, 1e9]) expect(ticks(most).at(-1)).toBeGreaterThanOrEqual(most);
});

test("labels that would run into each other are left out", () => {
  expect(roomy(["Dec", "Jan", undefined, "Mar"], 100)).toEqual(["Dec", "Jan", undefined, "Mar"]);
  expect(roomy(["Dec", "Jan", undefined, "Mar"], 12)).toEqual(["Dec", undefined, undefined, "Mar"]);
});

test("an axis of shares has steps of whole percents and ends at all at most", () => {
  expect(shareTicks(0.04)).toEqual([0, 0.01, 0.02, 0.03, 0.04]);
  expect(shareTicks(0.31)).toEqual([0, 0.1, 0.2, 0.3, 0.4]);
  expect(shareTicks(0.72)).toEqual([0, 0.2, 0.4, 0.6, 0.8]);
  expect(shareTicks(1)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
  for (const most of [0, 0.001, 0.1, 0.499, 0.51, 0.99]) expect(shareTicks(most).at(-1)).toBeGreaterThanOrEqual(most);
});

test("a text too long for its place says that there is more", () => {
  expect(clipped("abc", 40)).toBe("abc");
  expect(clipped("abcdefghij", 40)).toBe("abcd…");
});
