import { list } from "@/api/client";
import type { Rule } from "@/api/types";
import type { Translate } from "@/locale";

/** A rule in a few words. */
export function ruleText(t: Translate, rule: Rule): string {
  const parts = [
    rule.drop ? t("rule.drop") : "",
    rule.allow ? t("rule.allow") : "",
    rule.required ? t("rule.required") : "",
    rule.type ? t(`json.${rule.type}`) : "",
    rule.minimum === undefined ? "" : `≥ ${rule.minimum}`,
    rule.maximum === undefined ? "" : `≤ ${rule.maximum}`,
    rule.pattern ?? "",
    list(rule.allowed).join(" / "),
  ];
  return parts.filter(Boolean).join(t("list.separator"));
}
