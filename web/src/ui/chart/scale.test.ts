import { expect, test } from "vitest";
import { roomy, ticks } from "./scale";

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
