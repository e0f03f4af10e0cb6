import { IconX } from "@tabler/icons-react";
import { useText } from "@/locale";
import { blankTest, measuredType, overProperty, referenceOf, without, type EventLeaf, type Measure, type Relative, type SequenceLeaf, type Step } from "../model/condition";
import { fieldChoices } from "../model/choices";
import type { Group } from "../model/form";
import type { Field } from "../types";
import { useBuilder, type LeafProps } from "./context";
import { Select, Within } from "./inputs";
import { Picker } from "./picker";
import { Says } from "./says";
import { EventPicker, Narrow, useEventName, useProperties, Where } from "./selection";
import { TestInput, WindowInput } from "./test";
import css from "./builder.module.css";

type Props = LeafProps<EventLeaf<Group>>;

/** How often, how much or when something happened. */
export function EventEditor({ leaf, set, wrong, bare }: Props) {
  const { t } = useText();
  const { schema } = useBuilder();
  const fields = useProperties(leaf);
  const property = fields.find((field) => field.name === leaf.property);
  const measures = schema.measures.event.map((measure) => [measure, t(`segments.measure_${measure}`)] as const);
  const measure = (to: Measure) => {
    const over = overProperty(to) ? fields.find((field) => fits(to, field)) : undefined;
    const before = measuredType(leaf.measure, property?.type);
    const after = measuredType(to, over?.type);
    set({ ...without(leaf, "property"), measure: to, ...(over ? { property: over.name } : {}), is: before === after ? leaf.is : blankTest(after) });
  };
  const type = measuredType(leaf.measure, property?.type);
  const counted = leaf.measure === "count" || leaf.measure === "distinct_count";
  const slots = {
    window: <WindowInput test={leaf.window} wrong={wrong("window")} onChange={(window, field) => set({ ...leaf, window }, field && `window ${field}`)} />,
    events: <EventPicker selection={leaf} label={t("segments.which_event")} wrong={wrong("event") || wrong("kind") || wrong("call")} onChange={(next) => set(counting(next))} />,
    measure: <Select label={t("segments.measure")} value={leaf.measure} options={measures} wrong={wrong("measure")} onChange={measure} />,
    property: overProperty(leaf.measure) ? <Property fields={fields.filter((field) => fits(leaf.measure, field))} leaf={leaf} set={set} wrong={wrong("property")} /> : null,
    test: bare ? null : <TestInput subject={t(`segments.measure_${leaf.measure}`)} type={type} test={leaf.is} count={counted} wrong={wrong("is")} unit={leaf.measure === "count" ? "times" : property?.unit} source={leaf.property ? { kind: "property", name: leaf.property, of: referenceOf(leaf) } : undefined} onChange={(is, field) => set({ ...leaf, is }, field && `is ${field}`)} />,
  };
  const of = overProperty(leaf.measure);
  const measured = of ? "features.say_event_property" : "features.say_event";
  const tested = of ? "segments.say_event_property" : "segments.say_event";
  return (
    <>
      <div className={css.sentence}>
        <Says text={bare ? measured : tested} slots={slots} />
      </div>
      <Where where={leaf.where} fields={fields} of={referenceOf(leaf)} title={t("segments.where_event")} />
      {leaf.relative ? <RelativeEditor relative={leaf.relative} wrong={wrong} onChange={(relative) => set(withRelative(leaf, relative))} /> : null}
      <div className={css.extras}>
        <Narrow selection={leaf} label={t("segments.narrow")} onChange={set} />
        {leaf.relative ? null : (
          <button type="button" className={css.add} onClick={() => set({ ...leaf, relative: { side: "after", which: "last", anchor: {} } })}>
            {t("segments.relative_add")}
          </button>
        )}
      </div>
    </>
  );
}

/** Another event has other properties: what is not measured by one stays. */
const counting = (leaf: EventLeaf<Group>): EventLeaf<Group> => (overProperty(leaf.measure) ? { ...without(leaf, "property"), measure: "count", is: { op: "at_least", number: 1 } } : leaf);

function withRelative(leaf: EventLeaf<Group>, relative: Relative<Group> | undefined): EventLeaf<Group> {
  return relative ? { ...leaf, relative } : without(leaf, "relative");
}

/** Whether a property can be measured so: numbers are added up, texts are told apart, lists have no first value. */
function fits(measure: Measure, field: Field): boolean {
  if (measure === "distinct_count") return field.type === "text";
  if (measure === "first_value" || measure === "last_value") return !field.name.includes("[]");
  return field.type === "number" || field.type === "integer";
}

function Property({ fields, leaf, set, wrong }: Pick<Props, "leaf" | "set"> & { fields: Field[]; wrong: boolean }) {
  const { t } = useText();
  const chosen = fields.find((field) => field.name === leaf.property);
  const pick = (name: string) => {
    const type = measuredType(leaf.measure, fields.find((field) => field.name === name)?.type);
    set({ ...leaf, property: name, is: type === measuredType(leaf.measure, chosen?.type) ? leaf.is : blankTest(type) });
  };
  return <Picker label={t("segments.which_property")} groups={[{ title: t("segments.properties"), choices: fieldChoices(fields) }]} value={leaf.property ? { id: leaf.property, title: chosen?.title ?? leaf.property } : undefined} wrong={wrong} onPick={(choice) => pick(choice.id)} />;
}

/** Where the events lie from another one. */
function RelativeEditor({ relative, onChange, wrong }: { relative: Relative<Group>; onChange: (next: Relative<Group> | undefined) => void; wrong: (member: string) => boolean }) {
  const { t } = useText();
  const fields = useProperties(relative.anchor);
  return (
    <div className={css.aside}>
      <div className={css.sentence}>
        <Says
          text="segments.say_relative"
          slots={{
            which: <Select label={t("segments.which")} value={relative.which} options={[["first", t("segments.which_first")], ["last", t("segments.which_last")]]} onChange={(which) => onChange({ ...relative, which })} />,
            anchor: <EventPicker selection={relative.anchor} label={t("segments.which_event")} wrong={wrong("relative/anchor")} onChange={(anchor) => onChange({ ...relative, anchor })} />,
            side: <Select label={t("segments.side")} value={relative.side} options={[["after", t("segments.side_after")], ["before", t("segments.side_before")]]} onChange={(side) => onChange({ ...relative, side })} />,
            within: (
              <Within
                value={relative.within}
                wrong={wrong("relative/within")}
                onChange={(within) => onChange(within ? { ...relative, within } : without(relative, "within"))}
              />
            ),
          }}
        />
        <Narrow selection={relative.anchor} label={t("segments.narrow")} onChange={(anchor) => onChange({ ...relative, anchor })} />
        <button type="button" className={css.icon} aria-label={t("segments.relative_remove")} onClick={() => onChange(undefined)}>
          <IconX size={14} />
        </button>
      </div>
      <Where where={relative.anchor.where} fields={fields} of={referenceOf(relative.anchor)} title={t("segments.where_event")} />
    </div>
  );
}

/** Events that follow each other. */
export function SequenceEditor({ leaf, set, wrong }: LeafProps<SequenceLeaf<Group>>) {
  const { t } = useText();
  const last = leaf.steps.length - 1;
  const change = (at: number, step: Step<Group>) => set({ ...leaf, steps: leaf.steps.map((one, i) => (i === at ? step : one)) });
  return (
    <>
      <ol className={css.steps}>
        {leaf.steps.map((step, i) => (
          <StepEditor key={i} step={step} first={i === 0} last={i === last} wrong={(member) => wrong(`steps/${i}/${member}`)} onChange={(next) => change(i, next)} onRemove={leaf.steps.length > 2 ? () => set({ ...leaf, steps: leaf.steps.filter((_, at) => at !== i) }) : undefined}>
            {i === 0 ? <WindowInput test={leaf.window} wrong={wrong("window")} onChange={(window, field) => set({ ...leaf, window }, field && `window ${field}`)} /> : null}
          </StepEditor>
        ))}
      </ol>
      {leaf.steps.length < 5 ? (
        <div className={css.extras}>
          <button type="button" className={css.add} onClick={() => set({ ...leaf, steps: [...leaf.steps.map((step) => without(step, "absent")), {}] })}>
            {t("segments.step_add")}
          </button>
        </div>
      ) : null}
    </>
  );
}

interface StepProps {
  step: Step<Group>;
  first: boolean;
  last: boolean;
  wrong: (member: string) => boolean;
  onChange: (step: Step<Group>) => void;
  onRemove: (() => void) | undefined;
  children: React.ReactNode;
}

function StepEditor({ step, first, last, wrong, onChange, onRemove, children }: StepProps) {
  const { t } = useText();
  const fields = useProperties(step);
  const name = useEventName();
  const events = <EventPicker selection={step} label={t("segments.which_event")} wrong={wrong("event") || wrong("call") || wrong("kind")} onChange={onChange} />;
  const within = (
    <Within
      value={step.within}
      wrong={wrong("within")}
      onChange={(next) => onChange(next ? { ...step, within: next } : without(step, "within"))}
    />
  );
  const happened = (
    <Select
      label={t("segments.happened")}
      value={step.absent ? "absent" : "there"}
      options={[["there", t("segments.step_there")], ["absent", t("segments.step_absent")]]}
      onChange={(to) => onChange(to === "absent" ? { ...step, absent: true } : without(step, "absent"))}
    />
  );
  return (
    <li>
      <div className={css.sentence}>
        {first ? <Says text="segments.say_first_step" slots={{ window: children, events }} /> : <Says text="segments.say_next_step" slots={{ within, events, happened: last ? happened : <span className={css.word}>{t("segments.step_there")}</span> }} />}
        {referenceOf(step) ? <Narrow selection={step} label={t("segments.narrow")} onChange={onChange} /> : null}
        {onRemove ? (
          <button type="button" className={css.icon} aria-label={t("segments.step_remove", { name: name(step) })} onClick={onRemove}>
            <IconX size={14} />
          </button>
        ) : null}
      </div>
      <Where where={step.where} fields={fields} of={referenceOf(step)} title={t("segments.where_event")} />
    </li>
  );
}
