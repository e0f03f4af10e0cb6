import { MultiSelect, TagsInput, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useText } from "@/locale";
import { useFormat } from "@/ui/format";
import { readNumber } from "../model/number";
import type { Span, Unit } from "../model/condition";
import { valuesQuery } from "../queries";
import type { Field, Source } from "../types";
import { Says } from "./says";
import css from "./builder.module.css";

interface ChoiceProps<V extends string> {
  label: string;
  value: V;
  options: readonly (readonly [V, string])[];
  onChange: (value: V) => void;
  wrong?: boolean;
}

/** One of a few: the browser's own control, which every keyboard and screen reader knows. */
export function Select<V extends string>({ label, value, options, onChange, wrong }: ChoiceProps<V>) {
  const known = options.some(([one]) => one === value);
  return (
    <select className={css.select} aria-label={label} aria-invalid={wrong ? true : undefined} value={value} onChange={(event) => onChange(event.currentTarget.value as V)}>
      {known ? null : <option value={value}>{value}</option>}
      {options.map(([one, title]) => (
        <option key={one} value={one}>
          {title}
        </option>
      ))}
    </select>
  );
}

interface NumberProps {
  label: string;
  value: number | undefined;
  onChange: (value: number | undefined) => void;
  whole?: boolean;
  wrong?: boolean;
  placeholder?: string;
}

/** A number as people type it: 5万, 12,000, full width. What is no number stays, and is told. */
export function NumberInput({ label, value, onChange, whole, wrong, placeholder }: NumberProps) {
  const { t } = useText();
  const format = useFormat();
  const [typed, setTyped] = useState<string>();
  const written = value === undefined ? "" : format.number(value, 4);
  const read = typed === undefined ? value : readNumber(typed);
  // What was typed is shown as it was, until the value is changed by other means: undone, for example.
  const faulty = typed !== undefined && (read === undefined || (whole && read !== null && !Number.isInteger(read)));
  const change = (text: string) => {
    setTyped(text);
    const number = readNumber(text);
    onChange(number === null || number === undefined || (whole && !Number.isInteger(number)) ? undefined : number);
  };
  return (
    <TextInput
      className={css.number}
      size="xs"
      inputMode="decimal"
      aria-label={label}
      placeholder={placeholder ?? t("segments.number")}
      title={value !== undefined && Math.abs(value) >= 10_000 ? format.compact(value) : undefined}
      value={typed !== undefined && value === (faulty ? undefined : (read ?? undefined)) ? typed : written}
      error={faulty ? true : wrong}
      onChange={(event) => change(event.currentTarget.value)}
      onBlur={() => (faulty ? undefined : setTyped(undefined))}
    />
  );
}

interface ValuesProps {
  label: string;
  values: string[];
  source: Source | undefined;
  /** All values there are, where they stand for names. */
  choices?: Field["choices"] | undefined;
  onChange: (values: string[]) => void;
  wrong?: boolean;
}

/** Texts, with those that occur offered. */
export function Values({ label, values, source, choices, onChange, wrong }: ValuesProps) {
  const { t } = useText();
  const { data: examples = [] } = useQuery(valuesQuery(choices ? undefined : source));
  if (choices) {
    const unknown = values.filter((value) => !choices.some((choice) => choice.value === value));
    const options = [...choices.map(({ value, title }) => ({ value, label: title })), ...unknown.map((value) => ({ value, label: value }))];
    return <MultiSelect className={css.values} size="xs" aria-label={label} placeholder={values.length > 0 ? undefined : t("segments.values_choose")} data={options} value={values} onChange={onChange} error={wrong} comboboxProps={{ shadow: "md", width: "target" }} />;
  }
  return (
    <TagsInput
      className={css.values}
      size="xs"
      aria-label={label}
      placeholder={values.length > 0 ? undefined : t("segments.values_hint")}
      data={examples}
      limit={30}
      value={values}
      onChange={onChange}
      splitChars={[",", "\u3001", "\n", "\t"]}
      maxTags={1000}
      error={wrong}
      comboboxProps={{ shadow: "md", width: "target" }}
    />
  );
}

export function DateInput({ label, value, onChange, wrong }: { label: string; value: string | undefined; onChange: (value: string | undefined) => void; wrong?: boolean }) {
  return <input type="date" className={css.date} aria-label={label} aria-invalid={wrong ? true : undefined} min="1900-01-01" max="2199-12-31" value={value ?? ""} onChange={(event) => onChange(event.currentTarget.value || undefined)} />;
}

const allUnits: readonly Unit[] = ["minute", "hour", "day", "week", "month", "year"];

/** The units a distance of time can have: months and years only from now, minutes and hours not from days. */
export function useUnits(exact: boolean, long: boolean): (readonly [Unit, string])[] {
  const { t } = useText();
  return allUnits.filter((unit) => (exact || (unit !== "minute" && unit !== "hour")) && (long || (unit !== "month" && unit !== "year"))).map((unit) => [unit, t(`segments.span_${unit}`)] as const);
}

/** A distance from another event, or none. */
export function Within({ value, onChange, wrong }: { value: Span | undefined; onChange: (value: Span | undefined) => void; wrong: boolean }) {
  const { t } = useText();
  const units = useUnits(true, false);
  const label = t("segments.within");
  return (
    <>
      <Select label={label} value={value ? "within" : "ever"} options={[["ever", t("segments.within_ever")], ["within", t("segments.within_some")]]} onChange={(to) => onChange(to === "within" ? { n: 7, unit: "day" } : undefined)} />
      {value ? (
        <Says
          text="segments.span"
          slots={{
            n: <NumberInput label={label} whole value={value.n} wrong={wrong} onChange={(n) => onChange({ ...value, n })} />,
            unit: <Select label={t("segments.unit")} value={value.unit} options={units} onChange={(unit) => onChange({ ...value, unit })} />,
          }}
        />
      ) : null}
    </>
  );
}
