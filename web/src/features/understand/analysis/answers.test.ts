import { expect, test } from "vitest";
import { Format } from "@/ui/format";
import { told, type Say } from "./answers";
import type { Results } from "./queries";

/** Texts as their keys with what is filled in. */
const say: Say = { t: (key, args) => `${key} ${JSON.stringify(args ?? {})}`, format: new Format("en") };
const basis = { as_of: "2026-04-01", computed_at: "2026-04-01T03:00:00Z", currency: "JPY" };
const share = (estimate: number, low: number, high: number) => ({ estimate, low, high });

type Pair = NonNullable<Results["products-next"]["pairs"]>[number];
const pair = (first: string, second: string, of: Partial<Pair>): Pair => ({ first, first_name: "", second, second_name: "", people: 20, share: share(0.4, 0.3, 0.5), lift: 2, q: 0.01, ...of });
const next = (...pairs: Pair[]): Results["products-next"] => ({ ...basis, people: 200, products: [], pairs });

test("what is bought next is told only where it is hardly chance", () => {
  const { answer } = told["products-next"];
  expect(answer(next(pair("a", "b", { q: 0.2 }), pair("a", "c", { people: 2 }), pair("a", "d", { lift: 0.5 })), say)).toContain("answer_next_none");
  expect(answer(next(pair("a", "b", {}), pair("c", "d", { share: share(0.5, 0.35, 0.6) })), say)).toMatch(/answer_next .*"first":"c"/);
  expect(answer(next(pair("a", "a", {})), say)).toContain("answer_next_same");
});

test("a first product is named when its third orders are hardly chance and more than those of all", () => {
  const product = (name: string, q: number, estimate: number) => ({ product: name, name, people: 50, f2: share(0.5, 0.4, 0.6), f3: share(estimate, estimate - 0.1, estimate + 0.1), average: 1, q });
  const first = (...products: ReturnType<typeof product>[]): Results["first-products"] => ({ ...basis, days: 365, people: 200, f2: share(0.5, 0.4, 0.6), f3: share(0.3, 0.25, 0.35), average: 1, products });
  const { answer } = told["first-products"];
  expect(answer(first(product("tea", 0.3, 0.9), product("soap", 0.01, 0.1)), say)).toContain("answer_first_none");
  expect(answer(first(product("tea", 0.01, 0.5), product("soap", 0.01, 0.6)), say)).toContain('"product":"soap"');
});

test("the median is told of all where half of them came, and else of those who did", () => {
  const step = { step: "F2", people: 100, came: 40, curve: [], rates: [{ days: 30, ...share(0.2, 0.1, 0.3) }, { days: 90, ...share(0.3, 0.2, 0.4) }], median_of_came: 21 };
  const { answer } = told.repeat;
  expect(answer({ ...basis, steps: [step] }, say)).toMatch(/"days":90,"share":"30%".*answer_repeat_came \{"days":"21"\}/);
  expect(answer({ ...basis, steps: [{ ...step, median: 80 }] }, say)).toContain('answer_repeat_median {"days":"80"}');
  expect(answer({ ...basis, steps: [] }, say)).toContain("answer_repeat_young");
});
