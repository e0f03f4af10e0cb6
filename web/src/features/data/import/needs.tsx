import { TextInput } from "@mantine/core";
import { IconAlertTriangle, IconCheck } from "@tabler/icons-react";
import { list } from "@/api/client";
import type { ImportTarget, Mapping } from "@/api/types";
import { useText } from "@/locale";
import { Panel, Text } from "@/ui/page";
import css from "./import.module.css";

interface NeedsProps {
  target: ImportTarget;
  mapping: Mapping;
  onChange: (mapping: Mapping) => void;
}

/** What a file of this kind must have, with examples, and whether the mapping gives it. */
export function Needs({ target, mapping, onChange }: NeedsProps) {
  const { t } = useText();
  const fields = list(target.fields);
  const given = new Set([...list(mapping.columns).flatMap((c) => c.field ?? []), ...Object.keys(mapping.fixed ?? {})]);
  const required = fields.filter((field) => field.required);
  const needs = [...required.map((field) => [field.name]), ...list(target.one_of).map((group) => list(group)).filter((group) => !group.some((name) => required.some((r) => r.name === name)))];
  const named = (name: string) => fields.find((field) => field.name === name);
  const fix = (name: string, value: string) => {
    const rest = Object.entries(mapping.fixed ?? {}).filter(([other]) => other !== name);
    onChange({ ...mapping, fixed: Object.fromEntries(value ? [...rest, [name, value]] : rest) });
  };
  if (needs.length === 0) return null;
  return (
    <Panel title={t("import_page.needs")}>
      <ul className={css.needs}>
        {needs.map((group) => {
          const met = group.some((name) => given.has(name));
          const Icon = met ? IconCheck : IconAlertTriangle;
          const [first = ""] = group;
          const alone = group.length === 1 ? named(first) : undefined;
          const mapped = list(mapping.columns).some((c) => c.field === first);
          return (
            <li key={group.join()} {...(met ? { "data-met": true } : {})}>
              <Icon size={16} stroke={1.8} aria-label={t(met ? "import_page.need_met" : "import_page.need_missing")} role="img" />
              <div>
                <Text>{group.map((name) => named(name)?.title ?? name).join(t("import_page.or"))}</Text>
                <small className={css.why}>
                  {group.length > 1 ? `${t("import_page.one_of")} ` : ""}
                  {t("import_page.for_example", { example: group.flatMap((name) => named(name)?.example ?? []).slice(0, 3).join(t("list.separator")) })}
                </small>
                {alone?.fixed && !mapped ? (
                  <TextInput size="xs" w={240} aria-label={t("import_page.fixed_of", { field: alone.title })} placeholder={t("import_page.fixed")} value={mapping.fixed?.[first] ?? ""} onChange={(e) => fix(first, e.currentTarget.value)} />
                ) : null}
              </div>
            </li>
          );
        })}
      </ul>
    </Panel>
  );
}
