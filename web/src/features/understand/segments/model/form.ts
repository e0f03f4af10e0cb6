import type { Fault } from "@/api/problem";
import { overProperty, referenceOf, testDone, trimTest, type Condition, type Definition, type Leaf, type Selection } from "./condition";

/** A group of the form: every part, or at least one, or the opposite of that. */
export interface Group {
  key: string;
  not: boolean;
  mode: "all" | "any";
  of: Part[];
}

/** One rule of the form, or its opposite. */
export interface Rule {
  key: string;
  not: boolean;
  leaf: Leaf<Group>;
}

export type Part = Group | Rule;

export const isGroup = (part: Part): part is Group => "mode" in part;

let keys = 0;
/** A name for a part that no other has. */
export const newKey = (): string => `part${++keys}`;

export const newGroup = (of: Part[] = [], mode: Group["mode"] = "all"): Group => ({ key: newKey(), not: false, mode, of });
export const newRule = (leaf: Leaf<Group>): Rule => ({ key: newKey(), not: false, leaf });

/** Goes over the places of a leaf where properties select; at is where they stand in it, as a JSON pointer. */
function mapWhere<A, B>(leaf: Leaf<A>, change: (where: A, at: string) => B | undefined): Leaf<B> {
  const selection = <S extends Selection<A>>(s: S, at: string) => {
    const { where, ...rest } = s;
    const next = where === undefined ? undefined : change(where, `${at}/where`);
    return { ...rest, ...(next === undefined ? {} : { where: next }) };
  };
  switch (leaf.type) {
    case "event": {
      const { relative, ...rest } = leaf;
      const next = relative && { ...relative, anchor: selection(relative.anchor, "/relative/anchor") };
      return { ...selection(rest, ""), ...(next ? { relative: next } : {}) };
    }
    case "order":
      return selection(leaf, "");
    case "sequence":
      return { ...leaf, steps: leaf.steps.map((step, i) => selection(step, `/steps/${i}`)) };
    default:
      return leaf;
  }
}

function readPart(condition: Condition): Part {
  let not = false;
  let inner = condition;
  for (; inner.type === "not"; inner = inner.of) not = !not;
  if (inner.type === "all" || inner.type === "any") return { key: newKey(), not, mode: inner.type, of: inner.of.map(readPart) };
  return { key: newKey(), not, leaf: mapWhere(inner, (where) => asGroup(readPart(where))) };
}

const asGroup = (part: Part): Group => (isGroup(part) ? part : newGroup([part]));

/** The form of a condition. Its outermost part is always a group, to which more can be added. */
export const toForm = (condition: Condition): Group => asGroup(readPart(condition));

/** What is sent, and which part of the form stands at which JSON pointer of it. */
export interface Written {
  /** Missing when there is nothing to send. */
  definition: Definition | undefined;
  places: Map<string, string>;
}

/** Writes the form as a condition. Groups without anything are left out, and with `finished` all that lacks something. */
export function toDefinition(form: Group, finished = false): Written {
  const places = new Map<string, string>();
  const write = (part: Part, path: string): Condition | undefined => {
    places.set(path, part.key);
    const at = part.not ? `${path}/of` : path;
    places.set(at, part.key);
    const inner = isGroup(part) ? writeGroup(part, at) : writeRule(part, at);
    return inner && part.not ? { type: "not", of: inner } : inner;
  };
  const writeGroup = (group: Group, path: string): Condition | undefined => {
    const kept = group.of.filter((part) => holds(part, finished));
    const of = kept.map((part, i) => write(part, `${path}/of/${i}`)).filter((one) => one !== undefined);
    return of.length > 0 ? { type: group.mode, of } : undefined;
  };
  const writeRule = (rule: Rule, path: string): Condition | undefined => {
    const leaf = mapWhere(rule.leaf, (where, at) => write(where, path + at));
    return trimLeaf(leaf);
  };
  const where = write(form, "/where");
  return { definition: where && { version: 1, where }, places };
}

/** Whether anything of a part is to be written. */
const holds = (part: Part, finished: boolean): boolean => (isGroup(part) ? part.of.some((one) => holds(one, finished)) : !finished || leafDone(part.leaf));

function trimLeaf<W>(leaf: Leaf<W>): Leaf<W> {
  if (!("is" in leaf) && !("window" in leaf)) return leaf;
  const next = { ...leaf };
  if ("is" in next) next.is = trimTest(next.is);
  if ("window" in next) {
    if (next.window) next.window = trimTest(next.window);
    else delete next.window;
  }
  return next;
}

/** Whether a leaf says all it needs; what selects by properties is looked at by itself. */
export function leafDone<W>(leaf: Leaf<W>): boolean {
  if ("window" in leaf && leaf.window && !testDone(leaf.window)) return false;
  if ("is" in leaf && !testDone(leaf.is)) return false;
  switch (leaf.type) {
    case "level":
      return leaf.one_of.length > 0;
    case "event":
      if (leaf.relative && (!referenceOf(leaf.relative.anchor) || (leaf.relative.within && !leaf.relative.within.n))) return false;
      return !!referenceOf(leaf) && (!overProperty(leaf.measure) || !!leaf.property);
    case "sequence":
      return leaf.steps.every((step) => referenceOf(step) && (!step.within || !!step.within.n));
    case "consent":
      return !!leaf.channel && !!leaf.purpose;
    default:
      return true;
  }
}

/** The rules of the form, and of what selects within them, that lack something. */
export function unfinished(form: Group): string[] {
  return form.of.flatMap((part) => {
    if (isGroup(part)) return unfinished(part);
    return [...(leafDone(part.leaf) ? [] : [part.key]), ...groupsOf(part.leaf).flatMap(unfinished)];
  });
}

/** The groups within a leaf. */
export function groupsOf(leaf: Leaf<Group>): Group[] {
  const found: Group[] = [];
  mapWhere(leaf, (where) => void found.push(where));
  return found;
}

/** Changes the part with a key, wherever it is; it is removed when the change gives nothing. */
export function updatePart(group: Group, key: string, change: (part: Part) => Part | undefined): Group {
  const within = (part: Part): Part | undefined => {
    if (part.key === key) return change(part);
    if (isGroup(part)) return inGroup(part);
    const before = groupsOf(part.leaf);
    const after = before.map((where) => within(where) as Group | undefined);
    if (after.every((where, i) => where === before[i])) return part;
    return { ...part, leaf: mapWhere(part.leaf, (where) => after[before.indexOf(where)]) };
  };
  const inGroup = (of: Group): Group => {
    const next = of.of.map(within);
    return next.every((part, i) => part === of.of[i]) ? of : { ...of, of: next.filter((part) => part !== undefined) };
  };
  return group.key === key ? ((change(group) as Group | undefined) ?? { ...group, of: [] }) : inGroup(group);
}

/** Moves a part among its neighbours: up by -1, down by 1. */
export function movePart(group: Group, key: string, step: -1 | 1): Group {
  const at = group.of.findIndex((part) => part.key === key);
  const to = at + step;
  if (at >= 0) {
    if (to < 0 || to >= group.of.length) return group;
    const of = [...group.of];
    const [moved] = of.splice(at, 1);
    if (moved) of.splice(to, 0, moved);
    return { ...group, of };
  }
  const inPart = (part: Part): Part => {
    if (isGroup(part)) return movePart(part, key, step);
    const leaf = mapWhere(part.leaf, (where) => movePart(where, key, step));
    return groupsOf(leaf).every((one, i) => one === groupsOf(part.leaf)[i]) ? part : { ...part, leaf };
  };
  const of = group.of.map(inPart);
  return of.every((part, i) => part === group.of[i]) ? group : { ...group, of };
}

/** The same part once more, with names of its own. */
export function copyPart(part: Part): Part {
  if (isGroup(part)) return { ...part, key: newKey(), of: part.of.map(copyPart) };
  return { ...part, key: newKey(), leaf: mapWhere(part.leaf, (where) => copyPart(where) as Group) };
}

/** Puts a part behind another one of the same group. */
export const insertAfter = (group: Group, key: string, part: Part): Group => {
  const at = group.of.findIndex((one) => one.key === key);
  if (at >= 0) return { ...group, of: [...group.of.slice(0, at + 1), part, ...group.of.slice(at + 1)] };
  return { ...group, of: group.of.map((one) => (isGroup(one) ? insertAfter(one, key, part) : { ...one, leaf: mapWhere(one.leaf, (where) => insertAfter(where, key, part)) })) };
};

/** What is wrong, by the part of the form it is about: at is the rest of the pointer, such as "is/values/0". */
export interface Mark {
  at: string;
  detail: string;
}

/** Finds the parts that pointers of the server name; what is about no part is told with the outermost. */
export function placeFaults(faults: Fault[], places: Map<string, string>, root: string): Map<string, Mark[]> {
  const marks = new Map<string, Mark[]>();
  for (const { field, detail } of faults) {
    const path = field.replace(/^\/?(body\/)?condition(?=\/)/, "");
    let prefix = path;
    while (prefix && !places.has(prefix)) prefix = prefix.slice(0, prefix.lastIndexOf("/"));
    const key = places.get(prefix) ?? root;
    marks.set(key, [...(marks.get(key) ?? []), { at: path.slice(prefix.length + 1), detail }]);
  }
  return marks;
}
