import type { Definition, EventLeaf, OrderLeaf } from "../segments/model/condition";
import type { Fault } from "@/api/problem";
import { leafDone, newGroup, newRule, placeFaults, toDefinition, toForm, unfinished, groupsOf, type Group, type Mark, type Rule } from "../segments/model/form";

/** What a feature is defined by, as the server reads it: an event or order of the language of conditions, without its test. */
export interface MeasureDefinition {
  version: 1;
  measure: object;
}

export type Measured = EventLeaf<Group> | OrderLeaf<Group>;

/** A test that every leaf has in the form, and that measures leave out. */
const open = { op: "known" } as const;

export const orderMeasure = (currency: string): Measured => ({ type: "order", state: "kept", window: { op: "in_last", n: 365, unit: "day" }, measure: "revenue", currency, is: open });
export const eventMeasure = (): Measured => ({ type: "event", window: { op: "in_last", n: 30, unit: "day" }, measure: "count", is: open });

/** The form of a measure: a group with the one rule. */
export const formOf = (leaf: Measured): Group => newGroup([newRule(leaf)]);

export function readMeasure(definition: unknown): Group {
  const { measure } = definition as MeasureDefinition;
  return toForm({ ...measure, is: open } as unknown as Definition["where"]);
}

export const ruleOf = (form: Group): Rule & { leaf: Measured } => form.of[0] as Rule & { leaf: Measured };

/** What the form says, and which part of it stands at which pointer of a condition. */
export function writeMeasure(form: Group): { definition: MeasureDefinition | undefined; places: Map<string, string> } {
  const { definition, places } = toDefinition(form);
  const where = definition?.where;
  const leaf = where?.type === "all" ? where.of[0] : undefined;
  if (!leaf || lacking(form).length > 0) return { definition: undefined, places };
  return { definition: { version: 1, measure: Object.fromEntries(Object.entries(leaf).filter(([name]) => name !== "is")) }, places };
}

/** The rules that lack something; what is asked of the measure is no part of it. */
export function lacking(form: Group): string[] {
  const { key, leaf } = ruleOf(form);
  return [...(leafDone({ ...leaf, is: open }) ? [] : [key]), ...groupsOf(leaf).flatMap(unfinished)];
}

/** What the server found wrong, at the parts of the form. */
export const marksIn = (faults: Fault[], places: Map<string, string>, form: Group): Map<string, Mark[]> =>
  placeFaults(faults.map(({ field, detail }) => ({ field: field.replace(/^\/measure/, "/where/of/0"), detail })), places, form.key);
