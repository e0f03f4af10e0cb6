import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Condition } from "./condition";
import { copyPart, insertAfter, isGroup, movePart, newGroup, newRule, placeFaults, toDefinition, toForm, unfinished, updatePart, type Group, type Rule } from "./form";
import { NotACondition, readDefinition } from "./read";

/** The conditions that the language's own tests are made of. */
const lines = readFileSync(join(import.meta.dirname, "../../../../../../query/testdata/conditions.jsonl"), "utf8").trim().split("\n");

/** Without groups of one and double denials, which say nothing. */
function normal(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(normal);
  if (typeof value !== "object" || value === null) return value;
  const node = Object.fromEntries(Object.entries(value).map(([name, one]) => [name, normal(one)])) as { type?: string; of?: unknown };
  if ((node.type === "all" || node.type === "any") && Array.isArray(node.of) && node.of.length === 1) return node.of[0];
  return node;
}

const condition = (text: string) => readDefinition(text).where;
const only = (form: Group): Rule => {
  const [part] = form.of;
  if (!part || isGroup(part)) throw new Error("no rule");
  return part;
};

describe("a condition and its form", () => {
  test.each(lines)("%s", (line) => {
    const form = toForm(condition(line));
    const { definition } = toDefinition(form, true);
    expect(normal(definition?.where)).toEqual(normal(JSON.parse(line)));
    expect(unfinished(form)).toEqual([]);
  });

  test("denials of denials are taken together", () => {
    const level: Condition = { type: "level", one_of: ["member"] };
    const form = toForm({ type: "not", of: { type: "not", of: { type: "not", of: level } } });
    expect(only(form).not).toBe(true);
    expect(normal(toDefinition(form).definition?.where)).toEqual({ type: "not", of: level });
  });

  test("what is unfinished is told, and left out where only the rest counts", () => {
    const done = newRule({ type: "level", one_of: ["member"] });
    const half = newRule({ type: "trait", name: "prefecture", is: { op: "one_of", values: [] } });
    const within = newRule({ type: "property", name: "price", is: { op: "at_least" } });
    const viewed = newRule({ type: "event", event: "Product Viewed", where: newGroup([within]), measure: "count", is: { op: "at_least", number: 1 } });
    const form = newGroup([done, newGroup([half]), viewed]);
    expect(unfinished(form)).toEqual([half.key, within.key]);
    expect(toDefinition(form, true).definition?.where).toEqual({
      type: "all",
      of: [done.leaf, { type: "event", event: "Product Viewed", measure: "count", is: { op: "at_least", number: 1 } }],
    });
    expect(toDefinition(newGroup([half]), true).definition).toBeUndefined();
    expect(toDefinition(newGroup()).definition).toBeUndefined();
  });

  test("zero is a number like others; an age needs no upper bound", () => {
    const rules: Condition[] = [
      { type: "order", state: "kept", measure: "count", is: { op: "equals", number: 0 } },
      { type: "trait", name: "birthday", is: { op: "age", min: 65 } },
    ];
    for (const rule of rules) expect(unfinished(toForm(rule))).toEqual([]);
    expect(unfinished(toForm({ type: "trait", name: "birthday", is: { op: "in_last", unit: "day" } }))).toHaveLength(1);
  });
});

describe("changes", () => {
  const inner = newRule({ type: "property", name: "price", is: { op: "at_least", number: 1 } });
  const viewed = newRule({ type: "event", event: "Product Viewed", where: newGroup([inner]), measure: "count", is: { op: "at_least", number: 1 } });
  const [a, b] = [newRule({ type: "list", id: "a" }), newRule({ type: "list", id: "b" })];
  const group = newGroup([a, b], "any");
  const form = newGroup([viewed, group]);
  const ids = (of: Group) => of.of.map((part) => part.key);

  test("a part is changed and removed wherever it is", () => {
    const denied = updatePart(form, inner.key, (part) => ({ ...part, not: true }));
    expect(JSON.stringify(toDefinition(denied).definition)).toContain('"where":{"type":"all","of":[{"type":"not"');
    expect(toDefinition(updatePart(form, inner.key, () => undefined)).definition?.where).toMatchObject({ of: [{ event: "Product Viewed" }, {}] });
    expect(updatePart(form, "nobody", () => undefined)).toBe(form);
    expect(updatePart(form, form.key, () => undefined).of).toEqual([]);
  });

  test("a part moves among its neighbours and no further", () => {
    expect(ids(movePart(form, viewed.key, 1))).toEqual([group.key, viewed.key]);
    expect(movePart(form, viewed.key, -1)).toBe(form);
    const moved = movePart(form, b.key, -1).of[1];
    expect(moved && isGroup(moved) && ids(moved)).toEqual([b.key, a.key]);
  });

  test("a copy stands behind and shares no name", () => {
    const next = insertAfter(form, viewed.key, copyPart(viewed));
    expect(next.of).toHaveLength(3);
    const keys = JSON.stringify(next).match(/"key":"[^"]+"/g) ?? [];
    expect(new Set(keys).size).toBe(keys.length);
    expect(insertAfter(form, a.key, copyPart(a)).of[1]).toMatchObject({ of: [{}, {}, {}] });
  });

  test("faults are found at the parts their pointers name", () => {
    const { places } = toDefinition(updatePart(form, viewed.key, (part) => ({ ...part, not: true })));
    const marks = placeFaults(
      [
        { field: "/condition/where/of/0/of/where/of/0/is/number", detail: "too small" },
        { field: "/where/of/1/of/1/id", detail: "unknown" },
        { field: "/condition/where/of/0/of/measure", detail: "wrong" },
        { field: "/condition", detail: "too long" },
      ],
      places,
      form.key,
    );
    expect(marks.get(inner.key)).toEqual([{ at: "is/number", detail: "too small" }]);
    expect(marks.get(b.key)).toEqual([{ at: "id", detail: "unknown" }]);
    expect(marks.get(viewed.key)).toEqual([{ at: "measure", detail: "wrong" }]);
    expect(marks.get(form.key)?.[0]?.detail).toBe("too long");
  });
});

describe("what somebody wrote as JSON", () => {
  test("is read with and without its frame", () => {
    expect(readDefinition('{"version":1,"where":{"type":"list","id":"vip"}}').where).toEqual({ type: "list", id: "vip" });
    expect(readDefinition('{"type":"list","id":"vip"}').where).toEqual({ type: "list", id: "vip" });
  });

  test.each([
    ["{", undefined],
    ["[]", ""],
    ['{"where":{"type":"all"}}', "/where/of"],
    ['{"where":{"type":"any","of":[{"type":"nonsense"}]}}', "/where/of/0/type"],
    ['{"type":"trait","name":"x","is":{"op":"resembles"}}', "/is/op"],
    ['{"type":"trait","name":"x","is":{"op":"one_of","values":[1]}}', "/is/values"],
    ['{"type":"event","event":"x","measure":"count","is":{"op":"at_least","number":"3"}}', "/is/number"],
    ['{"type":"sequence","steps":[{"event":"x","where":{"type":"?"}}]}', "/steps/0/where/type"],
    ['{"type":"event","event":"x","measure":"count","relative":{},"is":{"op":"at_least","number":3}}', "/relative/anchor"],
  ])("%s is refused at its place", (text, pointer) => {
    const read = () => readDefinition(text);
    expect(read).toThrow(NotACondition);
    expect(() => read()).toThrow(expect.objectContaining({ pointer }) as Error);
  });
});
