import { useText } from "@/locale";
import { useFormat } from "@/ui/format";
import { unitName } from "../../units";
import { withOp, type Op, type Test, type Unit, type ValueType } from "../model/condition";
import type { Field, Source } from "../types";
import { useBuilder } from "./context";
import { DateInput, NumberInput, Select, useUnits, Values } from "./inputs";
import { Says } from "./says";
import css from "./builder.module.css";

interface TestProps {
  /** What is tested, for screen readers. */
  subject: string;
  type: ValueType;
  test: Test;
  onChange: (test: Test, field?: string) => void;
  unit?: string;
  /** Whose values are offered. */
  source?: Source | undefined;
  /** All values there are, where they stand for names. */
  choices?: Field["choices"] | undefined;
  wrong?: boolean;
  /** Counts are never negative, and are always known. */
  count?: boolean;
}

/** A test of a value: how, and with what. */
export function TestInput({ subject, type, test, onChange, unit, source, choices, wrong = false, count }: TestProps) {
  const { t } = useText();
  const { schema } = useBuilder();
  const ops = schema.ops[type].filter((op) => !(count && op === "known"));
  const never = count && test.op === "equals" && test.number === 0;
  const options: [Op | "never", string][] = ops.map((op) => [op, t(`segments.op_${op}`)]);
  if (count) options.unshift(["never", t("segments.op_never")]);
  const change = (op: Op | "never") => {
    onChange(op === "never" ? { op: "equals", number: 0 } : withOp(never ? { op, number: 1 } : test, op));
  };
  const select = <Select label={t("segments.how", { subject })} value={never ? "never" : test.op} options={options} wrong={wrong} onChange={change} />;
  if (never) return select;
  const whole = type === "integer";
  return <Operands subject={subject} test={test} onChange={onChange} op={select} whole={whole} exact={type !== "date"} unit={unit} source={source} choices={choices} wrong={wrong} />;
}

interface WindowProps {
  test: Test | undefined;
  onChange: (test: Test | undefined, field?: string) => void;
  wrong?: boolean;
  /** Whether a time must be given. */
  needed?: boolean;
}

/** When something happened, or whenever. */
export function WindowInput({ test, onChange, wrong = false, needed }: WindowProps) {
  const { t } = useText();
  const { schema } = useBuilder();
  const label = t("segments.when");
  const options: [Op | "ever", string][] = schema.window_ops.map((op) => [op, t(`segments.window_${op}`)]);
  if (!needed) options.unshift(["ever", t("segments.window_ever")]);
  const change = (op: Op | "ever") => onChange(op === "ever" ? undefined : withOp(test ?? { op: "in_last", n: 30, unit: "day" }, op));
  const select = <Select label={label} value={test?.op ?? "ever"} options={options} wrong={wrong} onChange={change} />;
  return test ? <Operands subject={label} test={test} onChange={onChange} op={select} exact whole={false} wrong={wrong} /> : select;
}

interface OperandsProps extends Required<Pick<TestProps, "subject" | "test" | "onChange" | "wrong">> {
  source?: Source | undefined;
  /** All values there are, where they stand for names. */
  choices?: Field["choices"] | undefined;
  op: React.ReactNode;
  whole: boolean;
  /** Whether minutes and hours mean something. */
  exact: boolean;
  unit?: string | undefined;
}

/** The parts of a test stay together where lines end. */
function Operands(props: OperandsProps) {
  return (
    <span className={css.chunk}>
      <Parts {...props} />
    </span>
  );
}

function Parts(props: OperandsProps) {
  const { subject, test, onChange, op, whole, wrong, unit } = props;
  const { t } = useText();
  const units = useUnits(props.exact, true);
  const number = (name: "number" | "min" | "max" | "n", isWhole: boolean, label: string, placeholder?: string) => (
    <NumberInput label={label} whole={isWhole} value={test[name]} wrong={wrong} onChange={(value) => onChange({ ...test, [name]: value }, name)} {...(placeholder ? { placeholder } : {})} />
  );
  const date = (name: "from" | "to", label: string) => <DateInput label={label} value={test[name]} wrong={wrong} onChange={(value) => onChange({ ...test, [name]: value }, name)} />;
  const value = t("segments.value_of", { subject });
  const [low, high] = [t("segments.from_of", { subject }), t("segments.to_of", { subject })];
  const between = (min: React.ReactNode, max: React.ReactNode, of: React.ReactNode) => <Says text="segments.test_between" slots={{ min, max, unit: of, op }} />;
  switch (test.op) {
    case "one_of":
    case "contains":
    case "begins_with":
    case "ends_with":
    case "includes":
      return <Says text="segments.test_values" slots={{ values: <Values label={value} values={test.values ?? []} source={props.source} choices={props.choices} wrong={wrong} onChange={(values) => onChange({ ...test, values }, "values")} />, op }} />;
    case "at_least":
    case "at_most":
    case "equals":
    case "more_than":
    case "less_than":
      return <Says text="segments.test_number" slots={{ number: number("number", whole, value), unit: <UnitText unit={unit} />, op }} />;
    case "between":
      return between(number("min", whole, low), number("max", whole, high), <UnitText unit={unit} />);
    case "days_ago":
      return between(number("min", true, low), number("max", true, high), <UnitText unit="days" />);
    case "age":
      return between(number("min", true, low), number("max", true, high, t("segments.no_limit")), <UnitText unit="years" />);
    case "in_last":
    case "in_next":
    case "before_last":
      return (
        <Says
          text="segments.test_number"
          slots={{ number: number("n", true, value), unit: <Select label={t("segments.unit")} value={test.unit ?? "day"} options={units} onChange={(to) => onChange({ ...test, unit: to })} />, op }}
        />
      );
    case "in_period":
      return <Says text="segments.test_values" slots={{ values: <Period label={value} test={test} onChange={onChange} />, op }} />;
    case "since":
      return <Says text="segments.test_values" slots={{ values: date("from", value), op }} />;
    case "until":
      return <Says text="segments.test_values" slots={{ values: date("to", value), op }} />;
    case "between_dates":
      return between(date("from", low), date("to", high), null);
    case "anniversary":
      return <Says text="segments.test_number" slots={{ number: number("n", true, value), unit: <UnitText unit="days" />, op }} />;
    case "anniversary_month":
      return <Says text="segments.test_values" slots={{ values: <Month label={value} test={test} onChange={onChange} />, op }} />;
    default:
      return op;
  }
}

type PartProps = Pick<TestProps, "test" | "onChange"> & { label: string };

const periods = ["day", "week", "month", "year"] as const satisfies Unit[];

/** This or the last day, week, month or year. */
function Period({ label, test, onChange }: PartProps) {
  const { t } = useText();
  const options = periods.flatMap((unit) => (["this", "last"] as const).map((which) => [`${unit}_${which}`, t(`segments.period_${unit}_${which}`)] as const));
  return (
    <Select
      label={label}
      value={`${test.unit ?? "month"}_${test.n === 1 ? "last" : "this"}`}
      options={options}
      onChange={(chosen) => {
        const [unit, which] = chosen.split("_");
        onChange({ op: "in_period", n: which === "last" ? 1 : 0, unit: unit as Unit });
      }}
    />
  );
}

/** The month in which a day returns. */
function Month({ label, test, onChange }: PartProps) {
  const { t } = useText();
  const options = Array.from({ length: 12 }, (_, n) => [String(n), n === 0 ? t("segments.month_this") : n === 1 ? t("segments.month_next") : t("segments.month_ahead", { n })] as const);
  return <Select label={label} value={String(test.n ?? 0)} options={options} onChange={(n) => onChange({ ...test, n: Number(n) })} />;
}

/** What a number counts, beside it. */
function UnitText({ unit }: { unit: string | undefined }) {
  const { t } = useText();
  const format = useFormat();
  return unit ? <span className={css.word}>{unitName(unit, t, format)}</span> : null;
}
