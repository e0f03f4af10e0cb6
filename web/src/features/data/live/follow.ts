import { useEffect, useReducer, useRef } from "react";
import { api, data, list } from "@/api/client";
import type { LiveEvent } from "@/api/types";

/** An event with a number of its own, for the list. */
export interface Arrival {
  id: number;
  event: LiveEvent;
}

export interface Following {
  /** Newest first. */
  arrivals: Arrival[];
  /** How many came while the list stood still. */
  waiting: number;
  /** How many came too fast to be shown. */
  missed: number;
  /** Nobody looked for so long that the server stopped following. */
  away: boolean;
  /** The first answer is there. */
  begun: boolean;
  error: unknown;
}

/** More than these are forgotten, the oldest first. */
export const mostShown = 500;

export type Turn =
  | { kind: "came"; events: LiveEvent[]; missed: number; paused: boolean }
  | { kind: "failed"; error: unknown }
  | { kind: "resumed" }
  | { kind: "away" }
  | { kind: "cleared" };

interface State extends Following {
  held: Arrival[];
  last: number;
}

export const begin: State = { arrivals: [], held: [], waiting: 0, missed: 0, away: false, begun: false, error: undefined, last: 0 };

/** What the list is after something happened. */
export function turn(state: State, now: Turn): State {
  switch (now.kind) {
    case "came": {
      const came = now.events.map((event, i) => ({ id: state.last + i + 1, event })).reverse();
      const last = state.last + came.length;
      const missed = state.missed + now.missed;
      const next = { ...state, last, missed, begun: true, error: undefined };
      if (came.length === 0) return state.begun && now.missed === 0 && !state.error ? state : next;
      const held = now.paused ? [...came, ...state.held].slice(0, mostShown) : [];
      return now.paused ? { ...next, held, waiting: state.waiting + came.length } : { ...next, held, waiting: 0, arrivals: [...came, ...state.held, ...state.arrivals].slice(0, mostShown) };
    }
    case "failed":
      return { ...state, error: now.error };
    case "resumed":
      return { ...state, waiting: 0, held: [], arrivals: [...state.held, ...state.arrivals].slice(0, mostShown) };
    case "away":
      return { ...state, away: true };
    case "cleared":
      return { ...begin, begun: state.begun, last: state.last };
  }
}

const pace = 1000;
/** The server follows for a minute after somebody last looked. */
const forgets = 55_000;

const visible = (): Promise<void> =>
  new Promise((resolve) => {
    if (!document.hidden) {
      resolve();
      return;
    }
    const see = () => {
      if (document.hidden) return;
      document.removeEventListener("visibilitychange", see);
      resolve();
    };
    document.addEventListener("visibilitychange", see);
  });

/** Asks for what came, about once a second while the page is seen. */
export function useFollowing(paused: boolean): Following & { clear: () => void } {
  const [state, dispatch] = useReducer(turn, begin);
  const still = useRef(paused);
  useEffect(() => {
    still.current = paused;
    if (!paused) dispatch({ kind: "resumed" });
  }, [paused]);
  useEffect(() => {
    const stop = new AbortController();
    const { signal } = stop;
    const ended = () => signal.aborted; // asked again after every wait
    const run = async () => {
      let after: number | undefined;
      let looked = Date.now();
      while (!ended()) {
        await visible();
        if (ended()) return;
        if (after !== undefined && Date.now() - looked > forgets) dispatch({ kind: "away" });
        try {
          const answer = await data(api.GET("/api/v1/events/live", { params: { query: { limit: mostShown, ...(after ? { after } : {}) } }, signal }));
          looked = Date.now();
          after = answer.next;
          dispatch({ kind: "came", events: list(answer.events) as unknown as LiveEvent[], missed: answer.missed ?? 0, paused: still.current });
        } catch (error) {
          if (ended()) return;
          after = undefined; // a server that was started anew counts anew
          dispatch({ kind: "failed", error });
        }
        await new Promise((resolve) => setTimeout(resolve, pace));
      }
    };
    void run();
    return () => stop.abort();
  }, []);
  return { ...state, clear: () => dispatch({ kind: "cleared" }) };
}
