/** The values at which an axis from zero has its lines: three to five, at round steps. */
export function ticks(most: number): number[] {
  if (!(most > 0)) return [0];
  const rough = most / 4;
  const size = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max(1, size * ([1, 2, 2.5, 5, 10].find((s) => s * size >= rough) ?? 10));
  const whole = size >= 10 ? step : Math.ceil(step); // half an order or half a yen is not shown
  return Array.from({ length: Math.ceil(most / whole) + 1 }, (_, i) => i * whole);
}

/** About how wide a small text is. */
const widthOf = (text: string): number => Array.from(text).reduce((sum, letter) => sum + (letter > "\u2e80" ? 11.5 : 6.5), 0);

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
