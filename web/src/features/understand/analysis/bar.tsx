import { Button, NumberInput, Popover, SegmentedControl, Select, TextInput } from "@mantine/core";
import { IconAdjustments } from "@tabler/icons-react";
import { useState, type ReactNode } from "react";
import { useText } from "@/locale";
import { useFormat } from "@/ui/format";
import type { AnalysisName } from "./queries";
import { takes, type Choice, type Chosen } from "./search";
import css from "./analysis.module.css";

const watched = ["90", "180", "365", "730"];

interface BarProps {
  name: AnalysisName;
  chosen: Chosen;
  /** What holds where no thresholds are given. */
  thresholds?: Partial<Record<Choice, string>>;
}

/** What the analysis is asked with; all of it stands in the address. */
export function Bar({ name, chosen, thresholds }: BarProps) {
  const { t } = useText();
  const format = useFormat();
  const { search, set } = chosen;
  const today = format.isoDay(new Date());
  const date = (choice: Choice, value: string | undefined, label: string, most: string) => (
    <DateField key={`${choice}${value ?? ""}`} label={label} value={value} most={most} onChoose={(day) => set({ [choice]: choice === "as_of" && day === today ? undefined : day, people: undefined, later: undefined })} />
  );
  return (
    <div className={`${css.bar} no-print`} role="group" aria-label={t("analyses.bar")}>
      {takes(name, "from") ? date("from", search.from, t("analyses.from"), search.as_of ?? today) : null}
      {date("as_of", search.as_of ?? today, t("analyses.as_of"), today)}
      {date("before", search.before, t("analyses.before"), search.as_of ?? today)}
      {takes(name, "axis") ? (
        <div className={css.field}>
          <span>{t("analyses.axis")}</span>
          <SegmentedControl size="xs" aria-label={t("analyses.axis")} data={["customer", "product"].map((axis) => ({ value: axis, label: t(`analyses.axis_${axis}`) }))} value={search.axis ?? "customer"} onChange={(axis) => set({ axis: axis === "customer" ? undefined : axis, people: undefined })} />
        </div>
      ) : null}
      {takes(name, "days") ? (
        <Select size="xs" w={130} label={t("analyses.watched")} allowDeselect={false} data={watched.map((days) => ({ value: days, label: t("analyses.days", { days }) }))} value={search.days ?? "365"} onChange={(days) => set({ days: days === "365" ? undefined : (days ?? undefined), people: undefined })} />
      ) : null}
      {takes(name, "recency") ? <Grades chosen={chosen} thresholds={thresholds} /> : null}
      {takes(name, "at_risk") ? <Stages chosen={chosen} thresholds={thresholds} /> : null}
    </div>
  );
}

interface DateFieldProps {
  label: string;
  value: string | undefined;
  most: string;
  onChoose: (day: string | undefined) => void;
}

/** A date that counts once it is whole: while a year is typed, the field says 0002 and 0020. */
function DateField({ label, value, most, onChoose }: DateFieldProps) {
  const [typed, setTyped] = useState(value ?? "");
  const choose = (day: string) => {
    setTyped(day);
    if (day === "" || day > "1970") onChoose(day || undefined);
  };
  return <TextInput size="xs" type="date" label={label} value={typed} max={most} onChange={(event) => choose(event.currentTarget.value)} />;
}

interface ThresholdsProps {
  chosen: Chosen;
  thresholds: BarProps["thresholds"];
}

const grades: readonly Choice[] = ["recency", "frequency", "monetary"];
const stages: readonly Choice[] = ["at_risk", "dormant", "churned"];

/** Numbers with commas between them, however they were typed: full-width, with Japanese commas or spaces. */
const plain = (text: string): string => text.normalize("NFKC").replaceAll("\u3001", ",").replace(/\s/g, "");

/** The bounds of grades: by the shop's own customers, or fixed ones. */
function Grades({ chosen, thresholds }: ThresholdsProps) {
  const { t } = useText();
  const format = useFormat();
  const minor = 1 / format.major(1); // bounds of money are written as money is
  const scaled = (choice: Choice, text: string | undefined, by: number) => (choice === "monetary" ? text?.split(",").map((part) => (part.trim() && Number.isFinite(Number(part)) ? String(Math.round(Number(part) * by * 100) / 100) : part)).join(",") : text);
  const field = (choice: Choice, value: string, onChange: (value: string) => void) => (
    <TextInput key={choice} size="xs" label={t(`analyses.bounds_${choice}`)} placeholder={scaled(choice, thresholds?.[choice], 1 / minor)} value={value} onChange={(event) => onChange(event.currentTarget.value)} />
  );
  return <Fixed names={grades} about={t("analyses.bounds_about")} start={(choice) => scaled(choice, chosen.search[choice], 1 / minor) ?? ""} finish={(choice, text) => scaled(choice, plain(text), minor) ?? ""} field={field} chosen={chosen} />;
}

/** The days after which a customer is in the next stage. */
function Stages({ chosen, thresholds }: ThresholdsProps) {
  const { t } = useText();
  const field = (choice: Choice, value: string, onChange: (value: string) => void) => (
    <NumberInput key={choice} size="xs" min={1} allowDecimal={false} label={t(`stage.${choice}`)} suffix={t("analyses.days", { days: "" })} placeholder={t("analyses.days", { days: thresholds?.[choice] ?? "" })} value={value} onChange={(days) => onChange(String(days))} />
  );
  return <Fixed names={stages} about={t("analyses.stages_about")} start={(choice) => chosen.search[choice] ?? thresholds?.[choice] ?? ""} finish={(_, text) => text} field={field} chosen={chosen} />;
}

interface FixedProps {
  names: readonly Choice[];
  about: string;
  start: (choice: Choice) => string;
  finish: (choice: Choice, text: string) => string;
  field: (choice: Choice, value: string, onChange: (value: string) => void) => ReactNode;
  chosen: Chosen;
}

function Fixed({ names, about, start, finish, field, chosen }: FixedProps) {
  const { t } = useText();
  const [opened, setOpened] = useState(false);
  const [values, setValues] = useState<Record<string, string>>({});
  const fixed = names.some((name) => chosen.search[name]);
  const open = () => {
    setValues(Object.fromEntries(names.map((name) => [name, start(name)])));
    setOpened(true);
  };
  const close = (changes: Record<string, string | undefined>) => {
    setOpened(false);
    chosen.set({ ...changes, people: undefined, later: undefined });
  };
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-end" shadow="md" trapFocus width={300}>
      <Popover.Target>
        <Button size="xs" variant={fixed ? "light" : "default"} leftSection={<IconAdjustments size={15} stroke={1.6} />} onClick={() => (opened ? setOpened(false) : open())}>
          {t(fixed ? "analyses.thresholds_fixed" : "analyses.thresholds")}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={t("analyses.thresholds")}>
        <form
          className={css.fields}
          onSubmit={(event) => {
            event.preventDefault();
            close(Object.fromEntries(names.map((name) => [name, finish(name, values[name] ?? "") || undefined])));
          }}
        >
          <p>{about}</p>
          {names.map((name) => field(name, values[name] ?? "", (value) => setValues({ ...values, [name]: value })))}
          <div className={css.row}>
            <Button size="xs" type="submit">
              {t("analyses.thresholds_use")}
            </Button>
            <Button size="xs" variant="subtle" disabled={!fixed} onClick={() => close(Object.fromEntries(names.map((name) => [name, undefined])))}>
              {t("analyses.thresholds_own")}
            </Button>
          </div>
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}
