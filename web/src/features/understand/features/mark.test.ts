import { describe, expect, it } from "vitest";
import { markOf, readMark, writeMark } from "./mark";

describe("marks of distributions", () => {
  it("are read as they were written", () => {
    for (const mark of [{ from: "-0.5", below: "1" }, { from: undefined, below: "10" }, { from: "20", below: undefined }, { value: "a..b" }, { from: undefined, below: undefined }]) {
      expect(readMark(writeMark(mark))).toEqual(mark);
    }
    expect(readMark(undefined)).toBeUndefined();
  });
  it("take in what lies outside at both ends", () => {
    const bars = [{ from: 0, to: 1 }, { from: 1, to: 2 }, { from: 2, to: 3 }];
    expect(bars.map((_, i) => writeMark(markOf(bars, i)))).toEqual(["..1", "1..2", "2.."]);
    expect(markOf([{ from: 7, to: 7 }], 0)).toEqual({ from: "7", below: "7" });
    expect(writeMark(markOf([{ from: 0, to: 1 }], 0))).toBe("*");
  });
});
