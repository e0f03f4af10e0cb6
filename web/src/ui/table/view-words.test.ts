import { expect, test } from "vitest";
import en from "@/locale/en.json";
import ja from "@/locale/ja.json";
import type { Column } from "./columns";
import { viewWords, type FilterWords } from "./view-words";

const textsIn = (texts: Record<string, string>) => (key: string, args: Record<string, string> = {}) => (texts[key] ?? key).replace(/\{(\w+)\}/g, (_, name: string) => args[name] ?? "?");
const column = (id: string, title: string): Column<string> => ({ id, title, value: () => "", cell: () => null });
const columns = [column("name", "氏名"), column("kana", "フリガナ"), column("email", "メール")];
const levels: Record<string, string> = { lead: "見込み客", member: "会員" };
const filters: FilterWords = { level: { title: "区分", value: (raw) => raw.split(",").map((level) => levels[level] ?? level).join("、") } };

test.each([
  ["", "はじめの表示"],
  ["level=lead%2Cmember", "区分: 見込み客、会員"],
  ["columns=name%2Ckana&level=lead&q=%E4%BD%90%E8%97%A4&sort=-name", "検索: 佐藤 / 区分: 見込み客 / 並び順: 氏名の降順 / 表示する列: 氏名、フリガナ"],
  ["columns=name%2Cgone&unknown=1", "表示する列: 氏名、gone"],
])("%s is told in words", (query, words) => {
  expect(viewWords(query, columns, filters, textsIn(ja))).toBe(words);
});

test("what somebody typed is not filled in", () => {
  expect(viewWords("q=%7Bvalue%7D", columns, filters, textsIn(en))).toBe("Search: {value}");
});
