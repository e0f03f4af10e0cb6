import { ActionIcon, Menu } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconBan, IconBracketsContain, IconCopy, IconDots, IconX } from "@tabler/icons-react";
import { useEffect, useRef, type KeyboardEvent } from "react";
import { useText } from "@/locale";
import type { Leaf } from "../model/condition";
import { copyPart, insertAfter, isGroup, movePart, newGroup, updatePart, type Group, type Part, type Rule } from "../model/form";
import { useBuilder, type LeafProps } from "./context";
import { EventEditor, SequenceEditor } from "./leaf-event";
import { OrderEditor } from "./leaf-order";
import { ConsentEditor, IdentifierEditor, LevelEditor, ListEditor, SegmentEditor } from "./leaf-person";
import { AnswerEditor, NamedEditor } from "./leaf-value";
import css from "./builder.module.css";

/** One rule: a sentence with what can be changed in it, and what can be done with it. A bare one is a measure, without its test. */
export function RuleEditor({ rule, bare }: { rule: Rule; bare?: boolean }) {
  const { t } = useText();
  const { change, marks, lacking, fresh } = useBuilder();
  const card = useRef<HTMLDivElement>(null);
  const isFresh = fresh === rule.key;
  useEffect(() => {
    if (isFresh) card.current?.querySelector<HTMLElement>("input:not([type=hidden]), select, button")?.focus();
  }, [isFresh]);
  const own = marks.get(rule.key) ?? [];
  const wrong = (member: string) => own.some(({ at }) => at === member || at.startsWith(`${member}/`));
  const set = (leaf: Leaf<Group>, field?: string) => change((form) => updatePart(form, rule.key, (part) => ({ ...part, leaf })), field && `${rule.key} ${field}`);
  const move = (event: KeyboardEvent) => {
    const step = event.altKey && !event.ctrlKey && !event.metaKey ? { ArrowUp: -1 as const, ArrowDown: 1 as const }[event.key] : undefined;
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    change((form) => movePart(form, rule.key, step));
  };
  const incomplete = lacking.has(rule.key);
  return (
    <div ref={card} className={css.rule} data-wrong={own.length > 0 || incomplete ? true : undefined} onKeyDown={move}>
      <div className={css.body}>
        <LeafEditor leaf={rule.leaf} set={set} wrong={wrong} bare={bare} />
        {rule.not ? <span className={css.not}>{t("segments.not")}</span> : null}
        {own.length > 0 || incomplete ? (
          <div className={css.faults} role="alert">
            {own.length === 0 ? <p>{t("segments.incomplete")}</p> : null}
            {own.map((mark) => (
              <p key={mark.at + mark.detail}>{mark.detail}</p>
            ))}
          </div>
        ) : null}
      </div>
      <PartMenu part={rule} label={t("segments.rule_actions")} fixed={!!bare} />
    </div>
  );
}

function LeafEditor({ leaf, set, wrong, bare }: LeafProps<Leaf<Group>>) {
  switch (leaf.type) {
    case "trait":
    case "feature":
    case "property":
      return <NamedEditor leaf={leaf} set={set} wrong={wrong} />;
    case "identifier":
      return <IdentifierEditor leaf={leaf} set={set} wrong={wrong} />;
    case "consent":
      return <ConsentEditor leaf={leaf} set={set} wrong={wrong} />;
    case "level":
      return <LevelEditor leaf={leaf} set={set} wrong={wrong} />;
    case "event":
      return <EventEditor leaf={leaf} set={set} wrong={wrong} bare={bare} />;
    case "sequence":
      return <SequenceEditor leaf={leaf} set={set} wrong={wrong} />;
    case "order":
      return <OrderEditor leaf={leaf} set={set} wrong={wrong} bare={bare} />;
    case "answer":
      return <AnswerEditor leaf={leaf} set={set} wrong={wrong} />;
    case "segment":
      return <SegmentEditor leaf={leaf} set={set} wrong={wrong} />;
    case "list":
      return <ListEditor leaf={leaf} set={set} wrong={wrong} />;
  }
}

/** What can be done with a rule or a group. */
export function PartMenu({ part, label, fixed = false }: { part: Part; label: string; fixed?: boolean }) {
  const { t } = useText();
  const { change } = useBuilder();
  const replace = (next: (part: Part) => Part | undefined) => change((form) => updatePart(form, part.key, next));
  if (fixed) return null;
  return (
    <div className={css.tools}>
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <ActionIcon size={26} aria-label={label}>
            <IconDots size={15} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconBan size={15} />} onClick={() => replace((one) => ({ ...one, not: !one.not }))}>
            {t(part.not ? "segments.make_plain" : "segments.make_not")}
          </Menu.Item>
          <Menu.Item leftSection={<IconCopy size={15} />} onClick={() => change((form) => insertAfter(form, part.key, copyPart(part)))}>
            {t("segments.duplicate")}
          </Menu.Item>
          <Menu.Item leftSection={<IconBracketsContain size={15} />} onClick={() => replace((one) => (isGroup(one) && one.of.length === 1 && one.of[0] && !one.not ? one.of[0] : newGroup([one])))}>
            {t(isGroup(part) && part.of.length === 1 && !part.not ? "segments.unwrap" : "segments.wrap")}
          </Menu.Item>
          <Menu.Item leftSection={<IconArrowUp size={15} />} rightSection={<kbd>Alt ↑</kbd>} onClick={() => change((form) => movePart(form, part.key, -1))}>
            {t("segments.move_up")}
          </Menu.Item>
          <Menu.Item leftSection={<IconArrowDown size={15} />} rightSection={<kbd>Alt ↓</kbd>} onClick={() => change((form) => movePart(form, part.key, 1))}>
            {t("segments.move_down")}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <ActionIcon size={26} aria-label={t(isGroup(part) ? "segments.remove_group" : "segments.remove_rule")} onClick={() => replace(() => undefined)}>
        <IconX size={15} />
      </ActionIcon>
    </div>
  );
}
