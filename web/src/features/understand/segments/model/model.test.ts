import { expect, test } from "vitest";
import { begin, change, redo, undo } from "./history";
import { readNumber } from "./number";
import { linesOf } from "../lists/lines";
import { search } from "./choices";
import { withOp } from "./condition";

test("changes are undone and done again, one by one", () => {
  let h = begin("a");
  for (const next of ["b", "c"]) h = change(h, next);
  h = undo(h);
  expect(h.present).toBe("b");
  h = redo(h);
  expect(h.present).toBe("c");
  h = undo(undo(h));
  expect([h.present, undo(h).present]).toEqual(["a", "a"]);
  h = change(h, "d");
  expect(redo(h).present).toBe("d"); // what was undone is gone once something else is done
});

test("typing on in one field is one change, until something else is done", () => {
  let h = begin("");
  for (const typed of ["1", "12", "120"]) h = change(h, typed, "number");
  h = change(h, "120 days");
  h = change(h, "1200 days", "number");
  expect(undo(h).present).toBe("120 days");
  expect(undo(undo(h)).present).toBe("120");
  expect(undo(undo(undo(h))).present).toBe("");
  const again = change(undo(h), "130 days", "number");
  expect(undo(again).present).toBe("120 days"); // after undoing, the same field begins a change of its own
});

test.each([
  ["12000", 12_000], ["12,000", 12_000], ["¥1.5万", 15_000], ["１２３", 123], ["1億2000万", 120_000_000], ["5万円", 50_000], ["−3.5", -3.5], ["3k", 3000], [" ", null],
  ["abc", undefined], ["1.2.3", undefined], ["12 万 x", undefined], ["0", 0], ["0.1", 0.1],
])("%s is %s", (typed, number) => expect(readNumber(typed)).toBe(number));

test("a pasted column is taken apart, each value once", () => {
  expect(linesOf("M1\r\nM2\tM2,M3\n\n")).toEqual(["M1", "M2", "M3"]);
});

test("a search finds whatever the width and case", () => {
  const groups = [{ title: "購入", choices: [{ id: "1", title: "購入回数" }, { id: "2", title: "LINE友だち", hint: "line_friend" }] }];
  const ids = (text: string) => search(groups, text).flatMap((group) => group.choices.map((choice) => choice.id));
  expect(ids("ｌｉｎｅ 友")).toEqual(["2"]);
  expect(ids("回数")).toEqual(["1"]);
  expect(ids("購入 friend")).toEqual(["2"]);
  expect(ids("nothing")).toEqual([]);
});

test("another test of a value keeps what was typed where it fits", () => {
  expect(withOp({ op: "one_of", values: ["東京都"] }, "contains")).toEqual({ op: "contains", values: ["東京都"] });
  expect(withOp({ op: "at_least", number: 3 }, "between")).toEqual({ op: "between", min: 3 });
  expect(withOp({ op: "between", min: 3, max: 5 }, "at_most")).toEqual({ op: "at_most", number: 3 });
  expect(withOp({ op: "in_period", n: 0, unit: "month" }, "in_last")).toEqual({ op: "in_last", n: 30, unit: "day" });
  expect(withOp({ op: "in_last", n: 7, unit: "week" }, "before_last")).toEqual({ op: "before_last", n: 7, unit: "week" });
  expect(withOp({ op: "since", from: "2026-01-01" }, "between_dates")).toEqual({ op: "between_dates", from: "2026-01-01", to: "2026-01-01" });
  expect(withOp({ op: "at_least", number: 3 }, "known")).toEqual({ op: "known" });
});
