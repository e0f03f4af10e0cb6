import { expect, test } from "vitest";
import { findingsOf, firstOf, four, newGroup, readGroups, squaresOf, sumsOf, writeGroups, type Group } from "./groups";

const t = (key: string): string => ({ "rfm.best": "優良顧客" })[key] ?? key;
const group = (of: Partial<Group>): Group => ({ ...newGroup(), ...of });
const cell = (recency: number, frequency: number, monetary: number, people: number) => ({ recency, frequency, monetary, people, orders: people, spend: people * 100, least: 0, most: 0 });

test("a cell is in the first group that holds it, and what is in none is summed last", () => {
  const groups = [group({ recency: [4, 5], monetary: [5, 5] }), group({ recency: [4, 5] })];
  expect(firstOf(groups, { recency: 4, frequency: 1, monetary: 5 })).toBe(0);
  expect(firstOf(groups, { recency: 4, frequency: 1, monetary: 4 })).toBe(1);
  expect(firstOf(groups, { recency: 3, frequency: 5, monetary: 5 })).toBe(-1);
  expect(sumsOf(groups, [cell(5, 5, 5, 3), cell(4, 1, 4, 2), cell(1, 1, 1, 7)])).toEqual([{ people: 3, spend: 300 }, { people: 2, spend: 200 }, { people: 7, spend: 700 }]);
});

test("gaps are told by cell, and groups of which others leave nothing", () => {
  const covered = group({ recency: [5, 5], frequency: [5, 5] });
  const { gaps, empty } = findingsOf([group({ recency: [2, 5] }), covered, group({ recency: [1, 1], monetary: [1, 4] })]);
  expect(gaps.map((s) => `r${s.recency}f${s.frequency}`)).toEqual(["r1f1", "r1f2", "r1f3", "r1f4", "r1f5"]);
  expect(empty).toEqual([covered]);
  expect(squaresOf([])[0]?.shares).toEqual(new Map([[-1, 5]]));
});

test("a title from the beginning goes with the language, one of the shop stays", () => {
  const read = readGroups([{ name: "best", recency: [4, 5], frequency: [4, 5], monetary: [1, 5] }, { name: "g1", title: "上得意", recency: [1, 5], frequency: [1, 5], monetary: [1, 5] }], t);
  expect(read.map((g) => g.title)).toEqual(["優良顧客", "上得意"]);
  expect(writeGroups(read, t).map((g) => g.title)).toEqual(["", "上得意"]);
  expect(writeGroups([group({ name: "best", title: " 特別 " })], t)[0]?.title).toBe("特別");
});

test("grades that nobody reaches get bounds that nobody has", () => {
  expect(four("frequency", [2, 3])).toEqual([2, 3, 2 ** 50, 2 ** 50]);
  expect(four("recency", null)).toEqual([-1, -1, -1, -1]);
});
