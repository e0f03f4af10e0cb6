import type { KeyboardEvent } from "react";

/**
 * Moves between the marks of a picture by arrow keys, and opens one. The marks are siblings, in lines of so many; with no
 * number of columns they stand side by side.
 */
export function onMarkKey(event: KeyboardEvent<SVGGElement>, index: number, open?: (index: number) => void, columns = 0): void {
  const marks = event.currentTarget.parentElement?.children ?? [];
  const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns, Home: -index, End: marks.length - 1 - index }[event.key];
  if (step) {
    event.preventDefault();
    const to = columns > 0 ? index + step : Math.max(0, Math.min(marks.length - 1, index + step));
    (marks[to] as SVGGElement | undefined)?.focus();
  } else if (open && (event.key === "Enter" || event.key === " ")) {
    event.preventDefault();
    open(index);
  }
}

/** The value of an attribute that is there or not. */
export const flag = (on: boolean | undefined): true | undefined => (on ? true : undefined);
