import { list } from "@/api/client";
import type { components } from "@/api/schema";
import type { Translate } from "@/locale";

type Schemas = components["schemas"];

export type RFMEntry = Schemas["RFMEntry"];
export type Scale = Schemas["RFMScale"];
export type Scales = Schemas["RFMScales"];
export type ScaleName = keyof Scales;
export const scaleNames: readonly ScaleName[] = ["recency", "frequency", "monetary"];

/** A row of grades, both ends included. */
export type Grades = readonly [number, number];

/** A group as it is edited: under a key of its own, since new ones have no name yet. */
export interface Group extends Record<ScaleName, Grades> {
  key: string;
  name: string;
  title: string;
}

export const grades = [1, 2, 3, 4, 5] as const;
const all: Grades = [1, 5];

/** What a group is called: by the shop, or else by what it has been from the beginning. */
export const titleOf = ({ name, title = "" }: { name: string; title?: string }, t: Translate): string => (title !== "" ? title : t(`rfm.${name}`));

let keys = 0;
const newKey = (): string => `group${++keys}`;

const gradesOf = (range: number[] | null): Grades => [range?.[0] ?? 1, range?.[1] ?? 5];

export const readGroups = (groups: Schemas["RFMGroup"][] | null, t: Translate): Group[] =>
  list(groups).map((g) => ({ key: newKey(), name: g.name, title: titleOf(g, t), recency: gradesOf(g.recency), frequency: gradesOf(g.frequency), monetary: gradesOf(g.monetary) }));

/** A title that is the one from the beginning is not sent, so that it goes with the reader's language. */
export const writeGroups = (groups: readonly Group[], t: Translate): Schemas["RFMGroup"][] =>
  groups.map((g) => ({
    name: g.name, title: g.name && g.title.trim() === t(`rfm.${g.name}`) ? "" : g.title.trim(), recency: [...g.recency], frequency: [...g.frequency], monetary: [...g.monetary],
  }));

export const newGroup = (): Group => ({ key: newKey(), name: "", title: "", recency: all, frequency: all, monetary: all });

const within = (grade: number, [least, most]: Grades): boolean => least <= grade && grade <= most;

export const holds = (g: Group, cell: Record<ScaleName, number>): boolean => scaleNames.every((name) => within(cell[name], g[name]));

/** The place of the first group that a cell is in, and -1 for none. */
export const firstOf = (groups: readonly Group[], cell: Record<ScaleName, number>): number => groups.findIndex((g) => holds(g, cell));

export interface Sum {
  people: number;
  spend: number;
}

type Cell = Schemas["Cell"];

/** People and what they spent by group; those in no group stand last. */
export function sumsOf(groups: readonly Group[], cells: readonly Cell[]): Sum[] {
  const sums = [...groups, undefined].map(() => ({ people: 0, spend: 0 }));
  for (const cell of cells) {
    const sum = sums.at(firstOf(groups, cell));
    if (!sum) continue;
    sum.people += cell.people;
    sum.spend += cell.spend;
  }
  return sums;
}

/** A cell of the grid of recency and frequency: the groups that have some of it, by place, and how many of the five grades of spend each. */
export interface Square {
  recency: number;
  frequency: number;
  shares: Map<number, number>;
}

export const squaresOf = (groups: readonly Group[]): Square[] =>
  grades.toReversed().flatMap((recency) =>
    grades.map((frequency) => {
      const shares = new Map<number, number>();
      for (const monetary of grades) {
        const at = firstOf(groups, { recency, frequency, monetary });
        shares.set(at, (shares.get(at) ?? 0) + 1);
      }
      return { recency, frequency, shares };
    }),
  );

/** What is to be known about groups: which grades are in none, and which groups others leave nothing of. */
export function findingsOf(groups: readonly Group[]): { gaps: Square[]; empty: Group[] } {
  const squares = squaresOf(groups);
  const reached = new Set(squares.flatMap((s) => [...s.shares.keys()]));
  return { gaps: squares.filter((s) => s.shares.has(-1)), empty: groups.filter((_, i) => !reached.has(i)) };
}

/** The rectangle between two cells. */
export const between = (a: number, b: number): Grades => [Math.min(a, b), Math.max(a, b)];

/** Bounds beyond what any customer has, for grades that nobody reaches. */
const unreached: Record<ScaleName, number> = { recency: -1, frequency: 2 ** 50, monetary: 2 ** 50 };

/** Four bounds, of however many there are. */
export const four = (name: ScaleName, bounds: readonly number[] | null | undefined): number[] => [...list(bounds), ...Array<number>(4).fill(unreached[name])].slice(0, 4);
