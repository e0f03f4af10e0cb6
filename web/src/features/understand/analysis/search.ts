import { useNavigate, useSearch } from "@tanstack/react-router";
import type { AnalysisName, Mark, Params } from "./queries";

/** What can be chosen, under the names the API has for it. */
export type Choice = "as_of" | "from" | "before" | "axis" | "recency" | "frequency" | "monetary" | "at_risk" | "dormant" | "churned" | "days";

const choices: Record<AnalysisName, readonly Choice[]> = {
  rfm: ["as_of", "from", "before", "axis", "recency", "frequency", "monetary"],
  decile: ["as_of", "from", "axis"],
  abc: ["as_of", "from", "axis"],
  lifecycle: ["as_of", "axis", "at_risk", "dormant", "churned"],
  cohorts: ["as_of"],
  repeat: ["as_of"],
  dormancy: ["as_of"],
  "products-next": ["as_of"],
  "first-products": ["as_of", "days"],
};

/** The analyses, in the order of the questions people come with. */
export const analyses = Object.keys(choices) as AnalysisName[];

export const takes = (name: AnalysisName, choice: Choice): boolean => choices[name].includes(choice);

export type Search = Record<string, string | undefined>;

/** What the address says about an analysis. */
export interface Chosen {
  search: Search;
  /** What to ask the API. */
  params: Params;
  /** What to ask it about the people behind a mark: they are customers, whatever the axis, and of one day. */
  behind: Params;
  mark: Mark | undefined;
  set: (changes: Search) => void;
  /** Shows the people behind a mark, or nobody. */
  open: (mark: Mark | undefined) => void;
}

export function paramsOf(name: AnalysisName, search: Search, but: readonly Choice[] = []): Params {
  return Object.fromEntries(choices[name].flatMap((choice) => (search[choice] && !but.includes(choice) ? [[choice, search[choice]]] : [])));
}

export function useChosen(name: AnalysisName): Chosen {
  const search: Search = useSearch({ strict: false });
  const navigate = useNavigate();
  const go = (changes: Search, replace: boolean) => void navigate({ to: ".", search: { ...search, ...changes }, replace, resetScroll: false });
  return {
    search,
    params: paramsOf(name, search),
    behind: paramsOf(name, search, search.was ? ["axis", "days"] : ["axis", "before", "days"]),
    mark: search.people ? { group: search.people, later: search.later, was: search.was } : undefined,
    set: (changes) => go("people" in changes ? { was: undefined, ...changes } : changes, true),
    open: (mark) => go({ people: mark?.group, later: mark?.later, was: mark?.was }, false),
  };
}
