import type { Translate } from "@/locale";
import type { Field, Schema } from "../types";
import { blankTest, selectionOf, type Leaf, type OrderLeaf } from "./condition";
import { newGroup, newRule, type Group } from "./form";

/** Something that can be chosen in a picker. */
export interface Choice {
  id: string;
  title: string;
  /** Its name in the data, where people know it by that. */
  hint?: string;
}

export interface ChoiceGroup<C extends Choice = Choice> {
  title: string;
  choices: C[];
}

/** A rule that can be begun. */
export interface Beginning extends Choice {
  make: () => Leaf<Group>;
}

const fieldChoice = (field: Field): Choice => ({ id: field.name, title: field.title || field.name, ...(field.title && field.title !== field.name ? { hint: field.name } : {}) });

/** The fields of a list as choices. */
export const fieldChoices = (fields: Field[]): Choice[] => fields.map(fieldChoice);

/** The events of a schema as choices, by what selections call them. */
export const eventGroups = (schema: Schema, t: Translate): ChoiceGroup[] => [
  { title: t("segments.group_events"), choices: schema.events.map((event) => ({ ...fieldChoice(event), id: `event:${event.name}` })) },
  { title: t("segments.group_calls"), choices: schema.calls.map((call) => ({ ...fieldChoice(call), id: `call:${call.name}` })) },
  { title: t("segments.group_kinds"), choices: schema.kinds.map((kind) => ({ ...fieldChoice(kind), id: `kind:${kind.name}` })) },
];

/** Everything a rule can be about, in the groups that marketers look in. */
export function beginnings(schema: Schema, t: Translate): ChoiceGroup<Beginning>[] {
  const groups: ChoiceGroup<Beginning>[] = [
    { title: t("segments.group_person"), choices: personal(schema, t) },
    { title: t("segments.group_orders"), choices: ordering(schema, t) },
    { title: t("segments.group_behaviour"), choices: behaving(schema, t) },
    {
      title: t("segments.group_features"),
      choices: schema.features.map((field) => ({ ...fieldChoice(field), id: `feature:${field.name}`, make: () => ({ type: "feature", name: field.name, is: blankTest(field.type) }) })),
    },
    {
      title: t("segments.group_answers"),
      choices: schema.surveys.map((field) => ({ ...fieldChoice(field), id: `survey:${field.name}`, make: () => ({ type: "answer", survey: field.name, is: blankTest(field.type) }) })),
    },
    {
      title: t("segments.group_consents"),
      choices: schema.channels.map((field) => ({
        id: `consent:${field.name}`,
        title: t("segments.consent_for", { channel: field.title || field.name }),
        make: () => ({ type: "consent", channel: field.name, purpose: schema.purposes[0]?.name ?? "", state: "granted" }),
      })),
    },
    { title: t("segments.group_memberships"), choices: belonging(schema) },
  ];
  return groups.filter((group) => group.choices.length > 0);
}

function personal(schema: Schema, t: Translate): Beginning[] {
  return [
    ...schema.traits.map((field): Beginning => ({ ...fieldChoice(field), id: `trait:${field.name}`, make: () => ({ type: "trait", name: field.name, is: blankTest(field.type) }) })),
    { id: "level", title: t("customer.level"), make: () => ({ type: "level", one_of: ["member"] }) },
    ...schema.identifiers.map((field): Beginning => ({ id: `identifier:${field.name}`, title: t("segments.has_identifier", { kind: field.title || field.name }), make: () => ({ type: "identifier", kind: field.name }) })),
  ];
}

/** What is asked of orders; each with how it begins. */
const orderKinds = ["count", "never", "product", "revenue", "average", "last_time", "first_time", "quantity", "profit", "returned", "cancelled"] as const;

function ordering(schema: Schema, t: Translate): Beginning[] {
  const year = { op: "in_last", n: 365, unit: "day" } as const;
  const count = { type: "order", state: "kept", measure: "count", is: { op: "at_least", number: 1 } } satisfies OrderLeaf<Group>;
  const money = (measure: OrderLeaf<Group>["measure"]): OrderLeaf<Group> => ({ type: "order", state: "kept", window: year, measure, currency: schema.currency, is: { op: "at_least" } });
  const makes: Record<(typeof orderKinds)[number], () => OrderLeaf<Group>> = {
    count: () => ({ ...count, window: year }),
    never: () => ({ ...count, window: { ...year, n: 90 }, is: { op: "equals", number: 0 } }),
    product: () => ({ ...count, window: year, where: whereOf("category") }),
    revenue: () => money("revenue"),
    average: () => money("average"),
    profit: () => money("profit"),
    last_time: () => ({ type: "order", state: "kept", measure: "last_time", is: blankTest("past") }),
    first_time: () => ({ type: "order", state: "kept", measure: "first_time", is: blankTest("past") }),
    quantity: () => ({ type: "order", state: "kept", window: year, measure: "quantity", is: { op: "at_least" } }),
    returned: () => ({ ...count, state: "returned", window: year }),
    cancelled: () => ({ ...count, state: "cancelled", window: year }),
  };
  return orderKinds.map((kind) => ({ id: `order:${kind}`, title: t(`segments.order_${kind}`), make: makes[kind] }));
}

const whereOf = (name: string): Group => newGroup([newRule({ type: "property", name, is: blankTest("text") })]);

function behaving(schema: Schema, t: Translate): Beginning[] {
  const begin = (reference: string): Leaf<Group> => ({ type: "event", ...selectionOf(reference), window: blankTest("past"), measure: "count", is: { op: "at_least", number: 1 } });
  const sequence: Beginning = {
    id: "sequence",
    title: t("segments.sequence"),
    make: () => ({ type: "sequence", window: blankTest("past"), steps: [{}, {}] }),
  };
  const [events, ...others] = eventGroups(schema, t);
  const made = (choices: Choice[]): Beginning[] => choices.map((choice) => ({ ...choice, make: () => begin(choice.id) }));
  return [...made(events?.choices ?? []), sequence, ...made(others.flatMap((group) => group.choices))];
}

const belonging = (schema: Schema): Beginning[] => [
  ...schema.segments.map((field): Beginning => ({ id: `segment:${field.name}`, title: field.title || field.name, make: () => ({ type: "segment", id: field.name, state: "in" }) })),
  ...schema.lists.map((field): Beginning => ({ id: `list:${field.name}`, title: field.title || field.name, make: () => ({ type: "list", id: field.name }) })),
];

/** The choices in which every word of a text occurs, whatever its width and case. */
export function search<C extends Choice>(groups: ChoiceGroup<C>[], text: string): ChoiceGroup<C>[] {
  const plain = (one: string) => one.normalize("NFKC").toLowerCase();
  const words = plain(text).split(/\s+/).filter(Boolean);
  if (words.length === 0) return groups;
  const found = groups.map((group) => ({ ...group, choices: group.choices.filter((choice) => words.every((word) => plain(`${choice.title} ${choice.hint ?? ""} ${group.title}`).includes(word))) }));
  return found.filter((group) => group.choices.length > 0);
}
