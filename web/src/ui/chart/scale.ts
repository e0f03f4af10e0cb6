/** The values at which an axis from zero has its lines: three to five, at round steps. */
export function ticks(most: number): number[] {
  if (!(most > 0)) return [0];
  const rough = most / 4;
  const size = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max(1, size * ([1, 2, 2.5, 5, 10].find((s) => s * size >= rough) ?? 10));
  const whole = size >= 10 ? step : Math.ceil(step); // half an order or half a yen is not shown
  return Array.from({ length: Math.ceil(most / whole) + 1 }, (_, i) => i * whole);
}

/** The shares at which an axis from zero has its lines: two to five steps of whole percents, up to all. */
export function shareTicks(most: number): number[] {
  const step = [1, 2, 5, 10, 20].find((percent) => most * 100 <= 5 * percent + 1e-9) ?? 25;
  const count = Math.max(1, Math.min(Math.floor(100 / step), Math.ceil((most * 100) / step - 1e-9)));
  return Array.from({ length: count + 1 }, (_, i) => (i * step) / 100);
}

/** About how wide a small text is. */
export const widthOf = (text: string): number => Array.from(text).reduce((sum, letter) => sum + (letter > "\u2e80" ? 11.5 : 6.5), 0);

/** The labels for which there is room: those that would run into the one before are left out. */
export function roomy(labels: readonly (string | undefined)[], slot: number): (string | undefined)[] {
  let end = -Infinity;
  return labels.map((label, i) => {
    if (!label) return undefined;
    const half = widthOf(label) / 2;
    const middle = slot * (i + 0.5);
    if (middle - half < end + 6) return undefined;
    end = middle + half;
    return label;
  });
}

/** A text cut to a width, with a sign that there is more. */
export function clipped(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  const letters = Array.from(text);
  while (letters.length > 1 && widthOf(letters.join("")) + 9 > width) letters.pop();
  return `${letters.join("").trimEnd()}…`;
}
