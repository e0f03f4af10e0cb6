import type { Translate } from "@/locale";
import type { Format } from "@/ui/format";

/** What numbers count, beside money. */
const counted = ["times", "pieces", "people", "days", "years", "points", "percent"];

/** The units that numbers can be given: money is in the shop's currency. */
export const unitsOf = ({ currency }: { currency: string }): string[] => [...counted, currency];

/** What a unit is called beside a number; currencies have names of their own. */
export const unitName = (unit: string, t: Translate, format: Format): string => (counted.includes(unit) ? t(`segments.unit_${unit}`) : format.currencyName(unit));
