import { ActionIcon, TextInput, VisuallyHidden } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconTrash } from "@tabler/icons-react";
import { useText } from "@/locale";
import { useFormat } from "@/ui/format";
import { tint } from "./grid";
import { grades, scaleNames, type Grades, type Group, type ScaleName, type Sum } from "./groups";
import css from "./rfm.module.css";

interface ListProps {
  groups: readonly Group[];
  sums: readonly Sum[];
  all: Sum;
  chosen: string | undefined;
  faults: Record<string, string>;
  locked: boolean;
  onChoose: (key: string) => void;
  onChange: (key: string, change: Partial<Group>) => void;
  onMove: (at: number, by: -1 | 1) => void;
  onRemove: (key: string) => void;
}

const letters: Record<ScaleName, string> = { recency: "R", frequency: "F", monetary: "M" };

/** The groups, the best first: names, grades, and how many people each has as it is edited. */
export function GroupList({ groups, sums, all, chosen, faults, locked, onChoose, onChange, onMove, onRemove }: ListProps) {
  const { t } = useText();
  const format = useFormat();
  return (
    <ol className={css.list}>
      {groups.map((group, i) => {
        const sum = sums[i] ?? { people: 0, spend: 0 };
        const called = group.title.trim() || t("rfm_groups.nth", { n: i + 1 });
        const told = (member: string) => faults[`/groups/${i}/${member}`];
        return (
          <li key={group.key} className={css.group} data-chosen={group.key === chosen || undefined}>
            <button type="button" className={css.badge} style={tint(i, groups.length)} aria-pressed={group.key === chosen} onClick={() => onChoose(group.key)}>
              <span aria-hidden>{i + 1}</span>
              <VisuallyHidden>{t("rfm_groups.choose", { group: called })}</VisuallyHidden>
            </button>
            <TextInput size="xs" aria-label={t("rfm_groups.title_of", { n: i + 1 })} value={group.title} maxLength={60} readOnly={locked} error={told("title") ?? told("name")} onFocus={() => onChoose(group.key)} onChange={(event) => onChange(group.key, { title: event.currentTarget.value })} />
            <span className={css.tools}>
              <ActionIcon disabled={locked || i === 0} aria-label={t("rfm_groups.up", { group: called })} onClick={() => onMove(i, -1)}>
                <IconArrowUp size={16} />
              </ActionIcon>
              <ActionIcon disabled={locked || i === groups.length - 1} aria-label={t("rfm_groups.down", { group: called })} onClick={() => onMove(i, 1)}>
                <IconArrowDown size={16} />
              </ActionIcon>
              <ActionIcon disabled={locked || groups.length === 1} aria-label={t("rfm_groups.remove", { group: called })} onClick={() => onRemove(group.key)}>
                <IconTrash size={16} />
              </ActionIcon>
            </span>
            <span className={css.detail}>
              {scaleNames.map((name) => (
                <Range key={name} letter={letters[name]} value={group[name]} locked={locked} wrong={!!told(name)} onFocus={() => onChoose(group.key)} onChange={(range) => onChange(group.key, { [name]: range })} />
              ))}
              <span className={`${css.sum} num`}>
                {t("rfm_groups.sum", { people: format.number(sum.people), share: format.percent(all.people ? sum.people / all.people : 0, 1), spend: format.percent(all.spend ? sum.spend / all.spend : 0, 1) })}
              </span>
            </span>
            {scaleNames.map((name) => (told(name) ? <p key={name} className={css.fault}>{`${letters[name]}: ${told(name) ?? ""}`}</p> : null))}
          </li>
        );
      })}
    </ol>
  );
}

interface RangeProps {
  letter: string;
  value: Grades;
  locked: boolean;
  wrong: boolean;
  onFocus: () => void;
  onChange: (range: Grades) => void;
}

/** From one grade to another; choosing one beyond the other takes that along. */
function Range({ letter, value: [least, most], locked, wrong, onFocus, onChange }: RangeProps) {
  const { t } = useText();
  const select = (label: string, value: number, onPick: (grade: number) => void) => (
    <select aria-label={t(label, { letter })} aria-invalid={wrong || undefined} disabled={locked} value={value} onFocus={onFocus} onChange={(event) => onPick(Number(event.currentTarget.value))}>
      {grades.map((grade) => (
        <option key={grade}>{grade}</option>
      ))}
    </select>
  );
  return (
    <span className={css.range}>
      {letter}
      {select("rfm_groups.least", least, (grade) => onChange([grade, Math.max(grade, most)]))}
      {"–"}
      {select("rfm_groups.most", most, (grade) => onChange([Math.min(grade, least), grade]))}
    </span>
  );
}
