import type { Format } from "@/ui/format";
import type { Translate } from "@/locale";

/** What is needed of a feature to write its values. */
interface Described {
  name: string;
  type: string;
  unit?: string | undefined;
  /** What texts that stand for names are called. */
  choices?: { value: string; title: string }[] | null | undefined;
}

/** Writes a value of a feature as people read it. */
export function writeFeature(feature: Described, value: unknown, format: Format, t: Translate): string {
  if (typeof value === "string" && feature.type === "boolean") return t(value === "true" ? "feature.yes" : "feature.no");
  if (typeof value === "string") return feature.choices?.find((one) => one.value === value)?.title ?? value;
  if (typeof value !== "number") return "";
  if (feature.type === "date") return format.shortDay(new Date(value));
  if (feature.type === "time") return format.short(new Date(value));
  if (feature.name === "order_hour") return t("feature.hour", { hour: value });
  if (feature.name === "order_weekday") return format.weekday(new Date(Date.UTC(2024, 0, 1 + value, 12))); // the first of January 2024 was a Monday
  switch (feature.unit) {
    case "money":
      return format.money(Math.round(value));
    case "percent":
      return format.percent(value / 100, 1);
    case "days":
      return t("feature.days", { n: format.number(value, 1) });
    case "times":
      return t("feature.times", { n: format.number(value) });
    case "pieces":
      return t("feature.pieces", { n: format.number(value) });
    case "points":
      return t("feature.points", { n: format.number(value, 1) });
    case "people":
      return t("feature.people", { n: format.number(value, 1) });
    case "years":
      return t("feature.years", { n: format.number(value, 1) });
  }
  // Those of the shop's own have the currency itself as their unit, and are in that.
  if (feature.unit && /^[A-Z]{3}$/.test(feature.unit)) return format.money(value / format.major(1, feature.unit), feature.unit);
  return format.number(value, 1);
}
