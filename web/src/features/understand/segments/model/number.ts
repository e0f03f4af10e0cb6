/** 千, 万 and 億, and what English speakers write. */
const sizes: Record<string, number> = { "\u5343": 1e3, "\u4e07": 1e4, "\u5104": 1e8, k: 1e3, m: 1e6 };

/** What may stand around a number: signs of currencies, 円, spaces and commas. */
const around = /[\s,\u3001\u00a5$\u20ac\u00a3\u5186]/g;

/**
 * Reads a number as people type it: 12,000, ¥1.5万, 1億2000万, 3k, in half or full width. Undefined for what is no
 * number; null for nothing.
 */
export function readNumber(text: string): number | null | undefined {
  const plain = text.normalize("NFKC").toLowerCase().replace(around, "").replace(/\u2212|\u30fc/g, "-");
  if (plain === "") return null;
  const [, sign = "", rest = ""] = /^(-?)(.+)$/.exec(plain) ?? [];
  if (!/^(\d+(\.\d+)?[\u5343\u4e07\u5104km]?)+$/.test(rest)) return undefined;
  const parts = [...rest.matchAll(/(\d+(?:\.\d+)?)([\u5343\u4e07\u5104km]?)/g)];
  const unitless = parts.slice(0, -1).some(([, , size]) => !size);
  if (unitless) return undefined;
  const sum = parts.reduce((total, [, digits, size]) => total + Number(digits) * (sizes[size ?? ""] ?? 1), 0);
  return Number((sign ? -sum : sum).toPrecision(15));
}
