import { list } from "@/api/client";
import type { components } from "@/api/schema";
import type { Translate } from "@/locale";
import type { Format } from "@/ui/format";
import { titleOf } from "../rfm/groups";
import type { AnalysisName, Mark, Results } from "./queries";

/** What is needed to put numbers into words. */
export interface Say {
  t: Translate;
  format: Format;
}

type Interval = components["schemas"]["Interval"];

/** A share with its interval: 31.2%(95%信頼区間 30.0%〜32.4%). */
export const uncertain = ({ estimate, low, high }: Interval, { t, format }: Say): string =>
  t("analyses.interval", { share: format.percent(estimate, 1), low: format.percent(low, 1), high: format.percent(high, 1) });

const spread = ({ low, high }: Interval, { t, format }: Say): string => t("analyses.spread", { low: format.percent(low, 1), high: format.percent(high, 1) });

/** A month such as 2026-04 as people write it. */
export const monthName = (month: string, { t, format }: Say): string => t("analyses.month", { year: month.slice(0, 4), month: format.month(`${month}-15T12:00:00Z`) });

/** A product by its name, or else its number. */
export const called = (of: { product: string; name: string }): string => of.name || of.product;

/** The mark of a pair of products, whatever they are called. */
export const pairMark = ({ first, second }: { first: string; second: string }): string => JSON.stringify([first, second]);

/** Fewer people than this say little about a share. */
export const few = 30;

/** Differences of which at most one in twenty is chance. */
export const significant = 0.05;

interface Told<R> {
  /** The answer in a sentence, with its number and how sure it is. */
  answer: (result: R, say: Say) => string;
  /** How many it was computed from. */
  size: (result: R) => number;
  /** What the mark is called whose people are listed. */
  mark?: (mark: Mark, result: R, say: Say) => string;
  /** Whether a condition can say who is behind a mark, where that is not so of all. */
  holds?: (mark: Mark, result: R) => boolean;
}

/** The last day of the month before that of a day, both as 2026-04-01. */
export const monthEnd = (day: string): string => new Date(Date.parse(`${day.slice(0, 7)}-01T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10);

/** What groups of RFM are called, by name; who is in none has mostly not ordered. */
export function groupTitles(r: Results["rfm"], t: Translate): (name: string) => string {
  return (name) => {
    const group = list(r.groups).find((g) => g.name === name);
    return group ? titleOf(group, t) : t("analyses.rfm_nowhere");
  };
}

const customersOf = (axis: string): string => (axis === "product" ? "products" : "customers");

export const told: { [N in AnalysisName]: Told<Results[N]> } = {
  rfm: {
    answer: (r, { t, format }) => {
      const group = (name: string) => list(r.groups).find((g) => g.name === name);
      const best = group("best");
      const slipping = group("best_slipping");
      const first = list(r.groups)[0];
      if (first && (!best || best.title || !slipping || slipping.title)) {
        return t("analyses.answer_rfm_first", { group: titleOf(first, t), people: format.number(first.people), share: format.percent(first.share, 1), spend: format.percent(first.spend_share, 1) });
      }
      return t("analyses.answer_rfm", {
        people: format.number(best?.people ?? 0), share: format.percent(best?.share ?? 0, 1), spend: format.percent(best?.spend_share ?? 0, 1),
        slipping: format.number(slipping?.people ?? 0), at_stake: format.moneyCompact(slipping?.spend ?? 0, r.currency),
      });
    },
    size: (r) => r.customers,
    mark: ({ group, was }, r, { t }) => {
      const title = groupTitles(r, t);
      return /^r\df/.test(group) ? group.toUpperCase() : was ? t("analyses.rfm_moved", { was: title(was), is: title(group) }) : title(group);
    },
    // The features know the end of last month, by the shop's own bounds.
    holds: ({ was }, r) => !was || (r.before === monthEnd(r.as_of) && [r.scales.recency, r.scales.frequency, r.scales.monetary].every((scale) => scale.since)),
  },
  decile: {
    answer: (r, { t, format }) => {
      const [first, , third] = list(r.deciles);
      return t(`analyses.answer_decile_${customersOf(r.axis)}`, {
        count: first?.count ?? 0, n: format.number(first?.count ?? 0), share: format.percent(first?.share ?? 0, 1), three: format.percent(third?.cumulative ?? 0, 1),
      });
    },
    size: (r) => r.count,
    mark: ({ group }, _, { t }) => t("analyses.decile", { decile: group }),
  },
  abc: {
    answer: (r, { t, format }) => {
      const first = list(r.classes)[0];
      return t(`analyses.answer_abc_${customersOf(r.axis)}`, {
        count: first?.count ?? 0, n: format.number(first?.count ?? 0), share: format.percent(first?.count_share ?? 0, 1), revenue: format.percent(first?.revenue_share ?? 0, 1),
      });
    },
    size: (r) => r.count,
    mark: ({ group }, _, { t }) => t("analyses.class", { name: group }),
  },
  lifecycle: {
    answer: (r, { t, format }) => {
      const of = (name: string) => list(r.stages).find((s) => s.stage === name);
      const part = (name: string) => t("analyses.part", { people: format.number(of(name)?.people ?? 0), share: format.percent(of(name)?.share ?? 0, 1) });
      return t("analyses.answer_lifecycle", { active: part("active"), at_risk: part("at_risk"), dormant: part("dormant"), churned: part("churned") });
    },
    size: (r) => list(r.stages).reduce((all, s) => all + s.people, 0),
    mark: ({ group }, _, { t }) => t(`stage.${group}`),
  },
  cohorts: {
    answer: (r, say) => {
      const all = list(r.all);
      const [, next, , third] = all;
      if (!next) return say.t("analyses.answer_cohorts_young");
      return say.t("analyses.answer_cohorts", { next: uncertain(next.share, say) }) + (third ? say.t("analyses.answer_cohorts_third", { third: uncertain(third.share, say) }) : "");
    },
    size: (r) => list(r.cohorts).reduce((all, c) => all + c.people, 0),
    mark: ({ group, later }, _, { t, format }) => t(later && later !== "0" ? "analyses.cohort_later" : "analyses.cohort", { month: monthName(group, { t, format }), later: later ?? "0" }),
  },
  repeat: {
    answer: (r, say) => {
      const { t, format } = say;
      const step = list(r.steps)[0];
      const rates = list(step?.rates);
      const rate = rates.find((one) => one.days === 90) ?? rates.at(-1);
      if (!step || !rate) return t("analyses.answer_repeat_young");
      const rest = step.median !== undefined ? t("analyses.answer_repeat_median", { days: format.number(step.median) }) : step.median_of_came !== undefined ? t("analyses.answer_repeat_came", { days: format.number(step.median_of_came) }) : "";
      return t("analyses.answer_repeat", { days: rate.days, share: format.percent(rate.estimate, 1), spread: spread(rate, say) }) + rest;
    },
    size: (r) => list(r.steps)[0]?.people ?? 0,
    mark: ({ group }, _, { t }) => t(group.endsWith("-open") ? "analyses.step_open" : "analyses.step_came", { n: group.charAt(1) }),
  },
  dormancy: {
    answer: (r, say) => {
      const { t, format } = say;
      if (!r.enough) return t("analyses.answer_dormancy_guess", { ...r.stages });
      return t("analyses.answer_dormancy", { days: format.number(r.stages.dormant), horizon: format.number(r.horizon), share: format.percent(r.return.estimate, 1), spread: spread(r.return, say) });
    },
    size: (r) => r.returned + r.waiting,
  },
  "products-next": {
    answer: (r, say) => {
      const { t, format } = say;
      const best = list(r.pairs).filter((p) => p.q < significant && p.lift > 1 && p.people >= 5).sort((a, b) => b.share.low - a.share.low || a.q - b.q)[0];
      if (!best) return t("analyses.answer_next_none");
      const first = called({ product: best.first, name: best.first_name });
      const second = called({ product: best.second, name: best.second_name });
      return t(best.first === best.second ? "analyses.answer_next_same" : "analyses.answer_next", { first, second, share: uncertain(best.share, say), lift: format.number(best.lift, 1) });
    },
    size: (r) => r.people,
    mark: ({ group }, r, { t }) => {
      const pair = list(r.pairs).find((p) => pairMark(p) === group);
      return pair ? t("analyses.next_mark", { first: called({ product: pair.first, name: pair.first_name }), second: called({ product: pair.second, name: pair.second_name }) }) : "";
    },
  },
  "first-products": {
    answer: (r, say) => {
      const { t } = say;
      const all = t("analyses.answer_first_all", { days: r.days, share: uncertain(r.f3, say) });
      const best = list(r.products).filter((p) => p.q < significant && p.f3.estimate > r.f3.estimate).sort((a, b) => b.f3.low - a.f3.low)[0];
      return best ? t("analyses.answer_first", { product: called(best), days: r.days, share: uncertain(best.f3, say) }) + all : t("analyses.answer_first_none") + all;
    },
    size: (r) => r.people,
    mark: ({ group }, r, { t }) => t("analyses.began_with", { product: called(list(r.products).find((p) => p.product === group) ?? { product: group, name: "" }) }),
  },
};

type Result = Results[AnalysisName];

/** What is told of an analysis, where only its name is known; its results must be of that analysis. */
export const toldOf = (name: AnalysisName): Told<Result> => told[name] as Told<Result>;
