/**
 * The language of conditions as JSON: the same that the server reads. W is what selects events and orders by their
 * properties: a condition in JSON, a group in the form.
 */
export type ValueType = "text" | "number" | "integer" | "boolean" | "date" | "time" | "texts" | "past";

export type Unit = "minute" | "hour" | "day" | "week" | "month" | "year";

export type Op =
  | "known" | "one_of" | "contains" | "begins_with" | "ends_with" | "includes"
  | "at_least" | "at_most" | "equals" | "more_than" | "less_than" | "between" | "is_true" | "is_false"
  | "in_last" | "in_next" | "before_last" | "days_ago" | "in_period" | "since" | "until" | "between_dates"
  | "anniversary" | "anniversary_month" | "age";

/** A test of one value. The op decides which members it needs; in the form those that were not typed yet are missing. */
export interface Test {
  op: Op;
  values?: string[];
  number?: number;
  min?: number;
  max?: number;
  from?: string;
  to?: string;
  n?: number;
  unit?: Unit;
}

export interface Span {
  n?: number;
  unit: Unit;
}

export type Measure =
  | "count" | "sum" | "min" | "max" | "average" | "distinct_count" | "first_time" | "last_time" | "first_value" | "last_value"
  | "revenue" | "profit" | "quantity" | "item_revenue";

/** Selects events: by exactly one of event, call and kind. */
export interface Selection<W> {
  event?: string;
  call?: string;
  kind?: string;
  where?: W;
}

export interface Relative<W> {
  side: "after" | "before";
  which: "first" | "last";
  anchor: Selection<W>;
  within?: Span;
}

export interface Step<W> extends Selection<W> {
  within?: Span;
  absent?: boolean;
}

export interface NamedLeaf {
  type: "trait" | "feature" | "property";
  name: string;
  is: Test;
}
export interface IdentifierLeaf { type: "identifier"; kind: string }
export interface ConsentLeaf { type: "consent"; channel: string; purpose: string; state: "granted" | "withdrawn" | "unknown" }
export interface LevelLeaf { type: "level"; one_of: string[] }
export interface EventLeaf<W> extends Selection<W> {
  type: "event";
  window?: Test;
  relative?: Relative<W>;
  measure: Measure;
  property?: string;
  is: Test;
}
export interface SequenceLeaf<W> { type: "sequence"; window?: Test; steps: Step<W>[] }
export interface OrderLeaf<W> {
  type: "order";
  state: "kept" | "returned" | "cancelled" | "all";
  where?: W;
  window?: Test;
  measure: Measure;
  currency?: string;
  is: Test;
}
export interface AnswerLeaf { type: "answer"; survey: string; question?: string; window?: Test; is: Test }
export interface SegmentLeaf { type: "segment"; id: string; state: "in" | "entered" | "left"; window?: Test }
export interface ListLeaf { type: "list"; id: string }

type PlainLeaf = NamedLeaf | IdentifierLeaf | ConsentLeaf | LevelLeaf | AnswerLeaf | SegmentLeaf | ListLeaf;

export type Leaf<W> = PlainLeaf | EventLeaf<W> | SequenceLeaf<W> | OrderLeaf<W>;

export type Condition =
  | { type: "all"; of: Condition[] }
  | { type: "any"; of: Condition[] }
  | { type: "not"; of: Condition }
  | PlainLeaf | EventLeaf<Condition> | SequenceLeaf<Condition> | OrderLeaf<Condition>;

export interface Definition {
  version: 1;
  where: Condition;
}

/** The same without some of its members. */
export const without = <T extends object, K extends keyof T>(value: T, ...names: K[]): Omit<T, K> =>
  Object.fromEntries(Object.entries(value).filter(([name]) => !names.includes(name as K))) as Omit<T, K>;

/** What each test needs beside its name, in the order of the language. */
const members: Record<Op, readonly (keyof Test)[]> = {
  known: [], is_true: [], is_false: [],
  one_of: ["values"], contains: ["values"], begins_with: ["values"], ends_with: ["values"], includes: ["values"],
  at_least: ["number"], at_most: ["number"], equals: ["number"], more_than: ["number"], less_than: ["number"],
  between: ["min", "max"], days_ago: ["min", "max"], age: ["min", "max"],
  in_last: ["n", "unit"], in_next: ["n", "unit"], before_last: ["n", "unit"], in_period: ["n", "unit"],
  anniversary: ["n"], anniversary_month: ["n"],
  since: ["from"], until: ["to"], between_dates: ["from", "to"],
};

/** The test with the members that its op has, and no others. */
export function trimTest(test: Test): Test {
  const kept = members[test.op].filter((name) => test[name] !== undefined).map((name) => [name, test[name]]);
  return { op: test.op, ...Object.fromEntries(kept) } as Test;
}

/** Whether everything that the test needs is there; the upper bound of an age may be left out. */
export function testDone(test: Test): boolean {
  if (test.values && members[test.op].includes("values")) return test.values.length > 0;
  return members[test.op].every((name) => (test[name] !== undefined && test[name] !== "") || (test.op === "age" && name === "max"));
}

/** Another test of the same value: what was typed is kept where it fits. */
export function withOp(test: Test, op: Op): Test {
  const number = test.number ?? test.min;
  const dated = op === "since" || op === "until" || op === "between_dates";
  const starts: Partial<Test> =
    op === "in_period" ? { n: 0, unit: "month" }
    : op === "anniversary_month" ? { n: 0 }
    : op === "anniversary" ? { n: 7 }
    : members[op].includes("unit") ? { n: test.op === "in_period" ? 30 : (test.n ?? 30), unit: test.op === "in_period" ? "day" : (test.unit ?? "day") }
    : members[op].includes("min") ? { min: number, max: test.max }
    : members[op].includes("number") ? { number }
    : members[op].includes("values") ? { values: test.values ?? [] }
    : dated ? { from: test.from ?? test.to, to: test.to ?? test.from }
    : {};
  return trimTest({ op, ...starts });
}

/** The test that a value of a type begins with. */
export function blankTest(type: ValueType): Test {
  switch (type) {
    case "text":
      return { op: "one_of", values: [] };
    case "texts":
      return { op: "includes", values: [] };
    case "boolean":
      return { op: "is_true" };
    case "number":
    case "integer":
      return { op: "at_least" };
    default:
      return { op: "in_last", n: 30, unit: "day" };
  }
}

export const isTest = (value: unknown): value is Test =>
  typeof value === "object" && value !== null && "op" in value && typeof value.op === "string" && value.op in members;

/** What of the language measures events and orders, and of which type the result is. */
export function measuredType(measure: Measure, property?: ValueType): ValueType {
  switch (measure) {
    case "count":
    case "distinct_count":
      return "integer";
    case "first_time":
    case "last_time":
      return "past";
    case "first_value":
    case "last_value":
      return property ?? "text";
    default:
      return "number";
  }
}

/** Whether a measure of events is over one of their properties. */
export const overProperty = (measure: Measure): boolean => !["count", "first_time", "last_time"].includes(measure);

/** Whether a measure of orders is an amount of money. */
export const inMoney = (measure: Measure): boolean => ["revenue", "average", "profit", "item_revenue"].includes(measure);

/** What a selection names, as the server writes references; empty when nothing is chosen. */
export function referenceOf(selection: Selection<unknown>): string {
  if (selection.event) return `event:${selection.event}`;
  if (selection.call) return `call:${selection.call}`;
  return selection.kind ? `kind:${selection.kind}` : "";
}

/** The members of a selection for a reference. */
export function selectionOf(reference: string): Selection<never> {
  const colon = reference.indexOf(":");
  return { [reference.slice(0, colon)]: reference.slice(colon + 1) };
}
