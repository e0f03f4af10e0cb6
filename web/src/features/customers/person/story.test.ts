import { expect, test } from "vitest";
import type { Event } from "@/api/types";
import { flatten, isVisit, subject, tell } from "./story";

const event = (time: string, kind: string, more: Partial<Event> = {}): Event => ({
  position: 1, time, received_at: time, type: "track", kind, source: 2, ...more,
});
const day = (time: string) => time.slice(0, 10);

test("a visit is one item until half an hour passes; other events stand between", () => {
  const days = tell(
    [
      event("2026-04-02T10:00:00Z", "web"),
      event("2026-04-01T12:00:00Z", "web"),
      event("2026-04-01T11:45:00Z", "web"),
      event("2026-04-01T11:44:00Z", "purchase"),
      event("2026-04-01T11:40:00Z", "web"),
      event("2026-04-01T11:05:00Z", "web"),
    ],
    day,
  );
  expect(days.map((d) => [d.day, d.items.map((i) => (isVisit(i) ? i.events.length : i.kind))])).toEqual([
    ["2026-04-02", [1]],
    ["2026-04-01", [2, "purchase", 1, 1]],
  ]);
});

test("what it was about", () => {
  expect(subject(event("", "purchase", { properties: { products: [{ name: "洗顔フォーム" }, { name: "醤油" }] } }))).toBe("洗顔フォーム +1");
  expect(subject(event("", "message", { properties: { subject: "<b>新着</b>" } }))).toBe("<b>新着</b>");
  expect(subject(event("", "web", { context: { page: { title: "トップ" } } }))).toBe("トップ");
  expect(subject(event("", "web", { properties: "odd" }))).toBe("");
});

test("nested values by dotted names", () => {
  expect(flatten({ a: 1, b: [{ c: true }], d: null })).toEqual([["a", "1"], ["b.1.c", "true"]]);
});
