import { use, useMemo } from "react";
import { IconFolderPlus } from "@tabler/icons-react";
import { useText } from "@/locale";
import { blankTest } from "../model/condition";
import { beginnings, fieldChoices, type Beginning, type ChoiceGroup } from "../model/choices";
import { isGroup, newGroup, newRule, updatePart, type Group } from "../model/form";
import { ScopeContext, useBuilder } from "./context";
import { Select } from "./inputs";
import { Picker } from "./picker";
import { PartMenu, RuleEditor } from "./rule";
import css from "./builder.module.css";

const modes = ["all", "any", "none", "not_all"] as const;
type Mode = (typeof modes)[number];

const modeOf = (group: Group): Mode => (group.mode === "all" ? (group.not ? "not_all" : "all") : group.not ? "none" : "any");
const become = (group: Group, mode: Mode): Group => ({ ...group, mode: mode === "all" || mode === "not_all" ? "all" : "any", not: mode === "none" || mode === "not_all" });

/** Rules that hold together, or of which one is enough. */
export function GroupEditor({ group, title, root = false }: { group: Group; title?: string; root?: boolean }) {
  const { t } = useText();
  const { change, marks } = useBuilder();
  const own = marks.get(group.key) ?? [];
  const mode = modeOf(group);
  const between = t(mode === "all" || mode === "not_all" ? "segments.and" : "segments.or");
  return (
    <div className={css.group} data-root={root || undefined} role="group" aria-label={title ?? t(`segments.mode_${mode}`)}>
      <div className={css.groupHead}>
        {title ? <span className={css.word}>{title}</span> : null}
        <Select label={t("segments.mode")} value={mode} options={modes.map((one) => [one, t(`segments.mode_${one}`)] as const)} onChange={(to) => change((form) => updatePart(form, group.key, (part) => become(part as Group, to)))} />
        <PartMenu part={group} label={t("segments.group_actions")} fixed={root} />
      </div>
      {own.length > 0 ? (
        <div className={css.faults} role="alert">
          {own.map((mark) => (
            <p key={mark.at + mark.detail}>{mark.detail}</p>
          ))}
        </div>
      ) : null}
      <ul className={css.parts}>
        {group.of.map((part, i) => (
          <li key={part.key}>
            {i > 0 ? <span className={css.between}>{between}</span> : null}
            {isGroup(part) ? <GroupEditor group={part} /> : <RuleEditor rule={part} />}
          </li>
        ))}
      </ul>
      <Add group={group} />
    </div>
  );
}

function Add({ group }: { group: Group }) {
  const { t } = useText();
  const { schema, add } = useBuilder();
  const fields = use(ScopeContext)?.fields;
  const groups: ChoiceGroup<Beginning>[] = useMemo(() => {
    if (!fields) return beginnings(schema, t);
    const make = (id: string): Beginning["make"] => () => ({ type: "property", name: id, is: blankTest(fields.find((field) => field.name === id)?.type ?? "text") });
    return [{ title: t("segments.properties"), choices: fieldChoices(fields).map((choice) => ({ ...choice, make: make(choice.id) })) }];
  }, [schema, fields, t]);
  return (
    <div className={css.extras}>
      <Picker label={t("segments.add_rule")} groups={groups} adding onPick={(choice) => add(group.key, newRule(choice.make()))} />
      <button type="button" className={css.add} onClick={() => add(group.key, newGroup([], group.mode === "all" ? "any" : "all"))}>
        <IconFolderPlus size={14} aria-hidden />
        {t("segments.add_group")}
      </button>
    </div>
  );
}
