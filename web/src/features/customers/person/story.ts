import { list } from "@/api/client";
import { member, plain, type Customer, type Event, type Json } from "@/api/types";

/** A run of events on a site or in an app with no long break. */
export interface Visit {
  events: Event[]; // newest first
}

export interface Day {
  day: string; // of the shop's time zone
  items: (Event | Visit)[];
}

/** A visit ends when nothing happens for this long: the usual half an hour of web analytics. */
const pause = 30 * 60_000;

export const isVisit = (item: Event | Visit): item is Visit => "events" in item;

const at = (event: Event): number => new Date(event.time).getTime();

/** Groups events, newest first, by day, and those of one visit into one item. */
export function tell(events: Event[], dayOf: (time: string) => string): Day[] {
  const days: Day[] = [];
  for (const event of events) {
    const name = dayOf(event.time);
    let day = days.at(-1);
    if (day?.day !== name) {
      day = { day: name, items: [] };
      days.push(day);
    }
    const last = day.items.at(-1);
    if (event.kind === "web" && last && isVisit(last) && at(last.events.at(-1) ?? event) - at(event) < pause) last.events.push(event);
    else day.items.push(event.kind === "web" ? { events: [event] } : event);
  }
  return days;
}

const first = (value: Json | undefined): Json | undefined => (Array.isArray(value) ? value[0] : undefined);

/** What an event was about, in a few words of its own. */
export function subject(event: Event): string {
  const p = event.properties;
  const products = member(p, "products");
  const count = Array.isArray(products) ? products.length : 0;
  const product = plain(member(first(products), "name") ?? undefined);
  if (product) return count > 1 ? `${product} +${count - 1}` : product;
  const candidates = ["subject", "name", "title", "query", "question", "comment", "text", "campaign_name", "coupon_name", "coupon_id", "reason", "url", "path"];
  for (const name of candidates) {
    const text = plain(member(p, name));
    if (text) return text;
  }
  const page = member(event.context, "page");
  return plain(member(page, "title") ?? member(page, "path"));
}

/** Names and values of an object that are worth reading, the nested ones by their dotted names. */
export function flatten(value: Json | undefined, prefix = ""): [string, string][] {
  if (value === undefined || value === null) return [];
  if (typeof value !== "object") return [[prefix, String(value)]];
  const entries: [string, Json][] = Array.isArray(value) ? value.map((v, i) => [String(i + 1), v]) : Object.entries(value);
  return entries.flatMap(([name, v]) => flatten(v, prefix ? `${prefix}.${name}` : name)).slice(0, 200);
}

/** Ids of profiles that other people's decisions joined to this one. */
export const joined = (customer: Customer): string[] => list(customer.merges).filter((m) => !m.undone_at).map((m) => m.loser);
