import { Chip, Group as Line } from "@mantine/core";
import { useText } from "@/locale";
import type { ConsentLeaf, IdentifierLeaf, LevelLeaf, ListLeaf, SegmentLeaf } from "../model/condition";
import { fieldChoices } from "../model/choices";
import type { Field } from "../types";
import { useBuilder, type LeafProps } from "./context";
import { Select } from "./inputs";
import { Picker } from "./picker";
import { Says } from "./says";
import { WindowInput } from "./test";
import css from "./builder.module.css";

const titled = (fields: Field[]) => fields.map((field) => [field.name, field.title || field.name] as const);

export function IdentifierEditor({ leaf, set, wrong }: LeafProps<IdentifierLeaf>) {
  const { t } = useText();
  const { schema } = useBuilder();
  const kind = <Select label={t("segments.which_identifier")} value={leaf.kind} options={titled(schema.identifiers)} wrong={wrong("kind")} onChange={(to) => set({ ...leaf, kind: to })} />;
  return (
    <div className={css.sentence}>
      <Says text="segments.say_identifier" slots={{ kind }} />
    </div>
  );
}

const consents = ["granted", "withdrawn", "unknown"] as const satisfies ConsentLeaf["state"][];

export function ConsentEditor({ leaf, set, wrong }: LeafProps<ConsentLeaf>) {
  const { t } = useText();
  const { schema } = useBuilder();
  const slots = {
    channel: <Select label={t("segments.channel")} value={leaf.channel} options={titled(schema.channels)} wrong={wrong("channel")} onChange={(channel) => set({ ...leaf, channel })} />,
    purpose: <Select label={t("segments.purpose")} value={leaf.purpose} options={titled(schema.purposes)} wrong={wrong("purpose")} onChange={(purpose) => set({ ...leaf, purpose })} />,
    state: <Select label={t("segments.consent")} value={leaf.state} options={consents.map((state) => [state, t(`segments.consent_${state}`)] as const)} wrong={wrong("state")} onChange={(state) => set({ ...leaf, state })} />,
  };
  return (
    <div className={css.sentence}>
      <Says text="segments.say_consent" slots={slots} />
    </div>
  );
}

const levels = ["member", "lead", "visitor"] as const;

export function LevelEditor({ leaf, set }: LeafProps<LevelLeaf>) {
  const { t } = useText();
  const chips = (
    <Chip.Group multiple value={leaf.one_of} onChange={(one_of) => set({ ...leaf, one_of })}>
      <Line gap={4} role="group" aria-label={t("customer.level")}>
        {levels.map((level) => (
          <Chip key={level} value={level} size="xs" radius="sm" variant="light">
            {t(`level.${level}`)}
          </Chip>
        ))}
      </Line>
    </Chip.Group>
  );
  return (
    <div className={css.sentence}>
      <Says text="segments.say_level" slots={{ levels: chips }} />
    </div>
  );
}

const memberships = ["in", "entered", "left"] as const satisfies SegmentLeaf["state"][];

export function SegmentEditor({ leaf, set, wrong }: LeafProps<SegmentLeaf>) {
  const { t } = useText();
  const { schema } = useBuilder();
  const title = schema.segments.find((one) => one.name === leaf.id)?.title ?? leaf.id;
  const become = (state: SegmentLeaf["state"]) => {
    const { window, ...rest } = leaf;
    set(state === "in" ? { ...rest, state } : { ...rest, state, window: window ?? { op: "in_last", n: 30, unit: "day" } });
  };
  const segment = <Picker label={t("segments.which_segment")} groups={[{ title: t("segments.segments"), choices: fieldChoices(schema.segments) }]} value={{ id: leaf.id, title }} wrong={wrong("id")} onPick={(choice) => set({ ...leaf, id: choice.id })} />;
  const state = <Select label={t("segments.membership")} value={leaf.state} options={memberships.map((one) => [one, t(`segments.membership_${one}`)] as const)} wrong={wrong("state")} onChange={become} />;
  const window = leaf.state === "in" ? null : <WindowInput needed test={leaf.window} wrong={wrong("window")} onChange={(next, field) => next && set({ ...leaf, window: next }, field && `window ${field}`)} />;
  return (
    <div className={css.sentence}>
      <Says text="segments.say_segment" slots={{ window, segment, state }} />
    </div>
  );
}

export function ListEditor({ leaf, set, wrong }: LeafProps<ListLeaf>) {
  const { t } = useText();
  const { schema } = useBuilder();
  const title = schema.lists.find((one) => one.name === leaf.id)?.title ?? leaf.id;
  const of = <Picker label={t("segments.which_list")} groups={[{ title: t("segments.lists"), choices: fieldChoices(schema.lists) }]} value={{ id: leaf.id, title }} wrong={wrong("id")} onPick={(choice) => set({ ...leaf, id: choice.id })} />;
  return (
    <div className={css.sentence}>
      <Says text="segments.say_list" slots={{ list: of }} />
    </div>
  );
}
