import type { Mark } from "./queries";

/** A mark as the address has it: "10..20", "..10", "=text", or "*" for all who have the feature. */
export function writeMark({ from, below, value }: Mark): string {
  if (value !== undefined) return `=${value}`;
  return from === undefined && below === undefined ? "*" : `${from ?? ""}..${below ?? ""}`;
}

export function readMark(text: string | undefined): Mark | undefined {
  if (!text) return undefined;
  if (text.startsWith("=")) return { value: text.slice(1) };
  const [from, below] = text === "*" ? [] : text.split("..").map((end) => (end === "" ? undefined : end));
  return { from, below };
}

interface Bar {
  from: number;
  to: number;
}

/** The mark of a bar: the first and the last take in what lies outside; one without width holds one value. */
export function markOf(bars: readonly Bar[], index: number): Mark {
  const bar = bars[index];
  if (!bar) return {};
  const single = bar.from === bar.to;
  return { from: single || index > 0 ? String(bar.from) : undefined, below: single || index < bars.length - 1 ? String(bar.to) : undefined };
}
