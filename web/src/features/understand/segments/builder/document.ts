import { useCallback, useReducer } from "react";
import { begin, change, redo, undo, type History } from "../model/history";
import type { Group } from "../model/form";
import type { Refresh, Segment } from "../types";

/** What is edited. */
export interface Draft {
  name: string;
  description: string;
  refresh: Refresh;
  form: Group;
}

interface State {
  history: History<Draft>;
  /** What is saved: there is nothing to lose while it is shown. */
  saved: Draft;
}

type Action = { type: "change"; next: (draft: Draft) => Draft; tag?: string | undefined } | { type: "undo" | "redo" } | { type: "saved" };

function reduce(state: State, action: Action): State {
  const { history } = state;
  switch (action.type) {
    case "change":
      return { ...state, history: change(history, action.next(history.present), action.tag) };
    case "undo":
      return { ...state, history: undo(history) };
    case "redo":
      return { ...state, history: redo(history) };
    case "saved":
      return { ...state, saved: history.present };
  }
}

/** A draft with everything that was done to it. */
export function useDraft(first: () => Draft) {
  const [{ history, saved }, dispatch] = useReducer(reduce, undefined, () => {
    const draft = first();
    return { history: begin(draft), saved: draft };
  });
  const edit = useCallback((next: (draft: Draft) => Draft, tag?: string) => dispatch({ type: "change", next, tag }), []);
  return {
    draft: history.present,
    dirty: history.present !== saved,
    edit,
    undo: history.past.length > 0 ? () => dispatch({ type: "undo" }) : undefined,
    redo: history.future.length > 0 ? () => dispatch({ type: "redo" }) : undefined,
    keep: () => dispatch({ type: "saved" }),
  };
}

export const draftOf = (segment: Pick<Segment, "name" | "description" | "refresh">, form: Group): Draft => ({ name: segment.name, description: segment.description, refresh: segment.refresh, form });
