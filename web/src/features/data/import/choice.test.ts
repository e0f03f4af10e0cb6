import { expect, test } from "vitest";
import type { Mapping } from "@/api/types";
import { choiceOf, choose, ignored, uses, withParts } from "./choice";

const mapping: Mapping = {
  version: 1, target: "customers",
  columns: [{ column: "氏名", field: "name" }, { column: "誕生日", field: "birthday", format: "dmy" }, { column: "備考", keep: "trait", as: "memo" }, { column: "氏名", keep: "property" }],
};

test("reads and changes what becomes of a column", () => {
  expect(choiceOf(mapping, "氏名")).toBe("name");
  expect(uses(mapping, "氏名")).toBe(2);
  expect(choiceOf(mapping, "備考")).toBe("keep:trait");
  expect(choiceOf(mapping, "無い列")).toBe(ignored);
  const changed = choose(mapping, "氏名", "keep:trait");
  expect(changed.columns?.map((c) => [c.column, c.field ?? c.keep])).toEqual([["氏名", "trait"], ["誕生日", "birthday"], ["備考", "trait"]]);
  expect(choose(mapping, "誕生日", "first_seen").columns?.[1]).toMatchObject({ field: "first_seen", format: "dmy" });
  expect(choiceOf(choose(mapping, "備考", ignored), "備考")).toBe(ignored);
});

test("columns that make up one field are numbered", () => {
  const parts = withParts({ version: 1, target: "customers", columns: [{ column: "姓", field: "name" }, { column: "名", field: "name" }, { column: "メール", field: "email" }] });
  expect(parts.columns?.map((c) => c.part)).toEqual([1, 2, undefined]);
});
