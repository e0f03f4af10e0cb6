import { expect, test } from "vitest";
import { toCSV, toTSV } from "./csv";

test("quotes what needs it and marks the file for Excel", () => {
  expect(toCSV([["名前", "メモ"], ['佐藤 "さくら"', "一行\n二行"], ["a,b", undefined]])).toBe(
    '\ufeff名前,メモ\r\n"佐藤 ""さくら""","一行\n二行"\r\n"a,b",\r\n',
  );
});

test("a hostile name is not run as a formula, a number stays one", () => {
  expect(toCSV([["=HYPERLINK(1)", -12, "-12", "+81312345678", "@x"]])).toBe("\ufeff'=HYPERLINK(1),-12,-12,+81312345678,'@x\r\n");
});

test("a copied cell stays one cell", () => {
  expect(toTSV([["a\tb", "c\nd"], [1, undefined]])).toBe("a b\tc d\n1\t");
});
