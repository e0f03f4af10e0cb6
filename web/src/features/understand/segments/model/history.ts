/** What can be undone: the states before, and those that were undone. */
export interface History<T> {
  past: T[];
  present: T;
  future: T[];
  /** What the last change was about: typing on in one field is one change. */
  tag: string | undefined;
}

/** More steps back than this are forgotten. */
const most = 200;

export const begin = <T>(present: T): History<T> => ({ past: [], present, future: [], tag: undefined });

export function change<T>(history: History<T>, present: T, tag?: string): History<T> {
  if (present === history.present) return history;
  if (tag !== undefined && tag === history.tag) return { ...history, present, future: [] };
  return { past: [...history.past, history.present].slice(-most), present, future: [], tag };
}

export function undo<T>(history: History<T>): History<T> {
  const before = history.past.at(-1);
  if (before === undefined) return history;
  return { past: history.past.slice(0, -1), present: before, future: [history.present, ...history.future], tag: undefined };
}

export function redo<T>(history: History<T>): History<T> {
  const [next, ...future] = history.future;
  if (next === undefined) return history;
  return { past: [...history.past, history.present], present: next, future, tag: undefined };
}
