import { expect, test } from "vitest";
import type { LiveEvent } from "@/api/types";
import { begin, mostShown, turn } from "./follow";

const event = (name: string): LiveEvent => ({ name, type: "track", kind: "web", source: 1, position: 0, message_id: name, time: "2026-04-01T00:00:00Z", received_at: "2026-04-01T00:00:00Z", problems: null, reasons: null });
const came = (names: string[], paused = false, missed = 0) => ({ kind: "came" as const, events: names.map(event), missed, paused });

test("the newest stands first, and the oldest are forgotten", () => {
  let state = turn(begin, came(["a", "b"]));
  state = turn(state, came(["c"]));
  expect(state.arrivals.map((a) => a.event.name)).toEqual(["c", "b", "a"]);
  expect(new Set(state.arrivals.map((a) => a.id)).size).toBe(3);
  state = turn(state, came(Array.from({ length: mostShown }, (_, i) => String(i)), false, 7));
  expect(state.arrivals).toHaveLength(mostShown);
  expect(state.missed).toBe(7);
});

test("what comes while the list stands still is counted and shown afterwards", () => {
  let state = turn(turn(begin, came(["a"])), came(["b"], true));
  state = turn(state, came(["c", "d"], true));
  expect(state.arrivals.map((a) => a.event.name)).toEqual(["a"]);
  expect(state.waiting).toBe(3);
  state = turn(state, { kind: "resumed" });
  expect(state.arrivals.map((a) => a.event.name)).toEqual(["d", "c", "b", "a"]);
  expect(state.waiting).toBe(0);
});

test("nothing new is no change", () => {
  const state = turn(begin, came(["a"]));
  expect(turn(state, came([]))).toBe(state);
  expect(turn(turn(state, { kind: "failed", error: new Error("x") }), came([])).error).toBeUndefined();
});
