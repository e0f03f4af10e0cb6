import { Select } from "@mantine/core";
import { useMemo } from "react";
import { list } from "@/api/client";
import type { Inspection, Mapping } from "@/api/types";
import i18next from "i18next";
import { useText } from "@/locale";
import { useFormat } from "@/ui/format";
import { Text } from "@/ui/page";
import { choiceOf, choose, ignored, keeps, uses } from "./choice";
import css from "./import.module.css";

const prefix = "import.field.";

/** Names of all fields that files can have, in the language of the screen. */
function useFields(language: string): { value: string; label: string }[] {
  return useMemo(() => {
    const texts = i18next.getResourceBundle(language, "translation") as Record<string, string>;
    return Object.entries(texts)
      .filter(([key]) => key.startsWith(prefix))
      .map(([key, label]) => ({ value: key.slice(prefix.length), label }))
      .sort((a, b) => a.label.localeCompare(b.label, language));
  }, [language]);
}

interface SampleProps {
  found: Inspection;
  mapping: Mapping;
  onChange: (mapping: Mapping) => void;
}

/** Real rows under what their columns are taken for. */
export function Sample({ found, mapping, onChange }: SampleProps) {
  const { t, has, language } = useText();
  const format = useFormat();
  const fields = useFields(language);
  const columns = list(found.columns);
  const guesses = new Map(list(found.guesses).map((guess) => [guess.column, guess]));
  const likely = new Set(list(found.mapping.columns).map((c) => c.field).filter(Boolean));
  const options = [
    { group: t("import_page.group_none"), items: [{ value: ignored, label: t("import_page.ignore") }, ...keeps.map((keep) => ({ value: `keep:${keep}`, label: t(`import_page.keep_${keep}`) }))] },
    { group: t("import_page.group_likely"), items: fields.filter((f) => likely.has(f.value)) },
    { group: t("import_page.group_fields"), items: fields.filter((f) => !likely.has(f.value)) },
  ];
  const reason = (key: string, args: Record<string, string>) => {
    const full = has(key) ? key : `guess.${key}`;
    const type = `import.type.${args.type ?? ""}`;
    return has(full) ? t(full, { ...args, ...(has(type) ? { type: t(type) } : {}) }) : "";
  };
  return (
    <div className={css.sample} tabIndex={0} role="region" aria-label={t("import_page.columns")}>
      <table>
        <thead>
          <tr>
            {columns.map((column) => {
              const guess = guesses.get(column);
              const choice = choiceOf(mapping, column);
              const more = uses(mapping, column) - 1;
              const reasons = guess?.field === choice ? list(guess.reasons).map((r) => reason(r.key, r.args ?? {})) : [];
              return (
                <th key={column} scope="col">
                  <Text>{column}</Text>
                  <Select size="xs" mt={4} aria-label={t("import_page.column_is", { column })} data={options} value={choice} searchable allowDeselect={false} nothingFoundMessage={t("find.none")} onChange={(value) => value && onChange(choose(mapping, column, value))} comboboxProps={{ width: 260, position: "bottom-start" }} maxDropdownHeight={320} />
                  <span className={css.why}>
                    {more > 0 ? t("import_page.more_uses", { count: more }) + " " : ""}
                    {guess?.field === choice ? `${format.percent(guess.confidence)} · ${reasons.filter(Boolean).join(t("list.separator"))}` : ""}
                  </span>
                </th>
              );
            })}
          </tr>
        </thead>
        <tbody>
          {list(found.sample).slice(0, 12).map((row, i) => (
            <tr key={i}>
              {columns.map((column, j) => (
                <td key={column} {...(choiceOf(mapping, column) === ignored ? { "data-ignored": true } : {})}>
                  <Text>{row?.[j]}</Text>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
