import { useSyncExternalStore } from "react";

const step = 1000;

/** The time, a second at a time. */
export function useNow(): number {
  return useSyncExternalStore(
    (tick) => {
      const timer = setInterval(tick, step);
      return () => clearInterval(timer);
    },
    () => Math.floor(Date.now() / step) * step,
  );
}
