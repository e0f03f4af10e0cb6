import { Select } from "@mantine/core";
import { list } from "@/api/client";
import type { ImportField, ImportTarget, Inspection, Mapping } from "@/api/types";
import { useText } from "@/locale";
import { useFormat } from "@/ui/format";
import { Text } from "@/ui/page";
import { choiceOf, choose, ignored, keeps, uses } from "./choice";
import css from "./import.module.css";

interface SampleProps {
  found: Inspection;
  target: ImportTarget | undefined;
  mapping: Mapping;
  onChange: (mapping: Mapping) => void;
}

/** Real rows under what their columns are taken for. */
export function Sample({ found, target, mapping, onChange }: SampleProps) {
  const { t, has } = useText();
  const format = useFormat();
  const fields = new Map(list(target?.fields).map((field) => [field.name, field]));
  const columns = list(found.columns);
  const guesses = new Map(list(found.guesses).map((guess) => [guess.column, guess]));
  const likely = new Set(list(found.mapping.columns).flatMap((c) => c.field ?? []));
  const itemsOf = (fits: (field: ImportField) => boolean) => [...fields.values()].filter(fits).map((f) => ({ value: f.name, label: f.required ? t("import_page.required", { field: f.title }) : f.title }));
  const options = [
    { group: t("import_page.group_none"), items: [{ value: ignored, label: t("import_page.ignore") }, ...keeps.map((keep) => ({ value: `keep:${keep}`, label: t(`import_page.keep_${keep}`) }))] },
    { group: t("import_page.group_likely"), items: itemsOf((f) => likely.has(f.name)) },
    { group: t("import_page.group_fields"), items: itemsOf((f) => !likely.has(f.name)) },
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
                  <Select size="xs" mt={4} aria-label={t("import_page.column_is", { column })} data={options} value={choice} searchable allowDeselect={false} nothingFoundMessage={t("find.none")} onChange={(value) => value && onChange(choose(mapping, column, value))} comboboxProps={{ width: 260, position: "bottom-start" }} maxDropdownHeight={320} renderOption={({ option }) => <Option label={option.label} example={fields.get(option.value)?.example} />} />
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

/** A field with what a cell of it may look like. */
function Option({ label, example }: { label: string; example: string | undefined }) {
  const { t } = useText();
  return (
    <span>
      {label}
      {example ? <small className={css.why}>{t("import_page.for_example", { example })}</small> : null}
    </span>
  );
}
