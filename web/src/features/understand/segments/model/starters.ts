import type { Schema } from "../types";
import type { Condition, Leaf, Test } from "./condition";

const days = (n: number): Test => ({ op: "in_last", n, unit: "day" });
const orders = (is: Test, window?: Test): Condition => ({ type: "order", state: "kept", ...(window ? { window } : {}), measure: "count", is });
const atLeast = (number: number): Test => ({ op: "at_least", number });
const never: Test = { op: "equals", number: 0 };
const all = (...of: Condition[]): Condition => ({ type: "all", of });

const moved = (way: string): Condition => ({ type: "feature", name: "rfm_move", is: { op: "one_of", values: [way] } });

export interface Starter {
  /** Key of its name and its explanation. */
  name: string;
  condition: (schema: Schema) => Condition;
}

/** Conditions to begin with, in the order of the life of a customer. */
const starters: Starter[] = [
  { name: "seen", condition: () => all({ type: "event", event: "Product Viewed", window: days(14), measure: "count", is: atLeast(3) }, orders(never, days(14))) },
  {
    name: "cart",
    condition: () => ({ type: "sequence", window: days(7), steps: [{ event: "Product Added" }, { event: "Order Completed", absent: true }] }),
  },
  { name: "first", condition: () => ({ type: "order", state: "kept", measure: "first_time", is: days(30) }) },
  { name: "second", condition: () => all(orders({ op: "equals", number: 1 }), { type: "order", state: "kept", measure: "last_time", is: { op: "days_ago", min: 31, max: 90 } }) },
  { name: "best", condition: (schema) => ({ type: "order", state: "kept", window: { op: "in_last", n: 1, unit: "year" }, measure: "revenue", currency: schema.currency, is: atLeast(schema.currency === "JPY" ? 50_000 : 500) }) },
  { name: "slipping", condition: () => all(orders(atLeast(3), { op: "in_last", n: 1, unit: "year" }), orders(never, days(90))) },
  { name: "fallen", condition: () => moved("down") },
  { name: "risen", condition: () => moved("up") },
  { name: "birthday", condition: (schema) => ({ type: "trait", name: birthdayOf(schema) ?? "", is: { op: "anniversary_month", n: 0 } }) },
  { name: "reachable", condition: () => all({ type: "level", one_of: ["member"] }, { type: "consent", channel: "email", purpose: "marketing", state: "granted" }) },
];

const birthdayOf = (schema: Schema): string | undefined =>
  schema.traits.find((trait) => /birth/i.test(trait.name) && (trait.type === "date" || trait.type === "time"))?.name;

/** The starters whose every reference the shop's data have. */
export const startersFor = (schema: Schema): Starter[] => starters.filter((starter) => meets(starter.condition(schema), schema));

function meets(condition: Condition, schema: Schema): boolean {
  if (condition.type === "all" || condition.type === "any") return condition.of.every((one) => meets(one, schema));
  return condition.type === "not" ? meets(condition.of, schema) : leafMeets(condition, schema);
}

function leafMeets(leaf: Leaf<Condition>, schema: Schema): boolean {
  const has = (fields: { name: string }[], name: string | undefined) => fields.some((field) => field.name === name);
  switch (leaf.type) {
    case "trait":
      return has(schema.traits, leaf.name);
    case "event":
      return has(schema.events, leaf.event);
    case "sequence":
      return leaf.steps.every((step) => has(schema.events, step.event));
    case "consent":
      return has(schema.channels, leaf.channel) && has(schema.purposes, leaf.purpose);
    default:
      return true;
  }
}
