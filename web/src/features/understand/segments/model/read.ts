import { isTest, type Condition, type Definition } from "./condition";

/** A definition that is no condition: where, as a JSON pointer, or that it is no JSON. */
export class NotACondition extends Error {
  override name = "NotACondition";
  readonly pointer: string | undefined;
  constructor(pointer?: string) {
    super(pointer ?? "JSON");
    this.pointer = pointer;
  }
}

type Fields = Record<string, unknown>;

const isObject = (value: unknown): value is Fields => typeof value === "object" && value !== null && !Array.isArray(value);

/** Reads a definition that somebody wrote or passed on: so far that the form can show it; the rest is checked by the server. */
export function readDefinition(text: string): Definition {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    throw new NotACondition();
  }
  if (!isObject(document)) throw new NotACondition("");
  const where = "where" in document && !("type" in document) ? document.where : document;
  check(where, where === document ? "" : "/where");
  return { version: 1, where };
}

const texts: Record<string, string[]> = {
  trait: ["name"], feature: ["name"], property: ["name"], identifier: ["kind"], consent: ["channel", "purpose", "state"], level: [], event: ["measure"],
  sequence: [], order: ["state", "measure"], answer: ["survey"], segment: ["id", "state"], list: ["id"],
};

function check(node: unknown, path: string): asserts node is Condition {
  if (!isObject(node)) throw new NotACondition(path);
  const { type } = node;
  if (type === "all" || type === "any") {
    if (!Array.isArray(node.of)) throw new NotACondition(`${path}/of`);
    node.of.forEach((one, i) => check(one, `${path}/of/${i}`));
    return;
  }
  if (type === "not") {
    check(node.of, `${path}/of`);
    return;
  }
  const needed = typeof type === "string" ? texts[type] : undefined;
  if (!needed) throw new NotACondition(`${path}/type`);
  for (const name of needed) if (typeof node[name] !== "string") throw new NotACondition(`${path}/${name}`);
  if (type === "level" && !isTexts(node.one_of)) throw new NotACondition(`${path}/one_of`);
  if (needs.has(type as string)) checkTest(node.is, `${path}/is`);
  if (node.window !== undefined) checkTest(node.window, `${path}/window`);
  if (node.where !== undefined) check(node.where, `${path}/where`);
  if (node.relative !== undefined) checkRelative(node.relative, `${path}/relative`);
  if (type === "sequence") {
    if (!Array.isArray(node.steps)) throw new NotACondition(`${path}/steps`);
    node.steps.forEach((step, i) => checkSelection(step, `${path}/steps/${i}`));
  }
}

/** The nodes that test a value. */
const needs = new Set(["trait", "feature", "property", "event", "order", "answer"]);

const isTexts = (value: unknown): boolean => Array.isArray(value) && value.every((one) => typeof one === "string");

function checkTest(test: unknown, path: string): void {
  if (!isTest(test)) throw new NotACondition(`${path}/op`);
  if (test.values !== undefined && !isTexts(test.values)) throw new NotACondition(`${path}/values`);
  for (const name of ["number", "min", "max", "n"] as const) {
    if (test[name] !== undefined && typeof test[name] !== "number") throw new NotACondition(`${path}/${name}`);
  }
  for (const name of ["from", "to", "unit"] as const) {
    if (test[name] !== undefined && typeof test[name] !== "string") throw new NotACondition(`${path}/${name}`);
  }
}

function checkSelection(selection: unknown, path: string): void {
  if (!isObject(selection)) throw new NotACondition(path);
  if (selection.where !== undefined) check(selection.where, `${path}/where`);
  if (selection.within !== undefined && !isObject(selection.within)) throw new NotACondition(`${path}/within`);
}

function checkRelative(relative: unknown, path: string): void {
  if (!isObject(relative)) throw new NotACondition(path);
  checkSelection(relative.anchor, `${path}/anchor`);
  if (relative.within !== undefined && !isObject(relative.within)) throw new NotACondition(`${path}/within`);
}
