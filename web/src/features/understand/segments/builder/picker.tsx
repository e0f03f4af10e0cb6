import { Combobox, useCombobox } from "@mantine/core";
import { IconChevronDown, IconPlus } from "@tabler/icons-react";
import { useMemo, useRef, useState } from "react";
import { useText } from "@/locale";
import { search, type Choice, type ChoiceGroup } from "../model/choices";
import css from "./builder.module.css";

interface PickerProps<C extends Choice> {
  /** What is chosen, for screen readers and as text of the button while nothing is. */
  label: string;
  /** What is chosen now. */
  value?: { id: string; title: string } | undefined;
  groups: ChoiceGroup<C>[];
  onPick: (choice: C) => void;
  /** A button to add something, instead of one that shows what is chosen. */
  adding?: boolean;
  wrong?: boolean;
}

/** More than this in a group are found by searching. */
const most = 40;

/** Chooses from many, grouped and searched; arrows, Enter and Escape work as in a list. */
export function Picker<C extends Choice>({ label, value, groups, onPick, adding, wrong }: PickerProps<C>) {
  const { t } = useText();
  const [typed, setTyped] = useState("");
  const left = useRef(false); // what was added has the focus then
  const combobox = useCombobox({
    onDropdownClose: () => {
      combobox.resetSelectedOption();
      setTyped("");
      if (!left.current) combobox.focusTarget();
    },
    onDropdownOpen: () => {
      left.current = false;
      combobox.focusSearchInput();
    },
  });
  const opened = combobox.dropdownOpened;
  const found = useMemo(() => (opened ? search(groups, typed) : []), [opened, groups, typed]);
  const pick = (id: string) => {
    const choice = groups.flatMap((group) => group.choices).find((one) => one.id === id);
    left.current = !!adding && !!choice;
    combobox.closeDropdown();
    if (choice) onPick(choice);
  };
  const shortened = found.some((group) => group.choices.length > most);
  return (
    <Combobox store={combobox} onOptionSubmit={pick} width={320} position="bottom-start" shadow="md" withinPortal>
      <Combobox.Target targetType="button" withAriaAttributes>
        <button type="button" className={adding ? css.add : css.pick} data-empty={!adding && !value ? true : undefined} data-wrong={wrong ? true : undefined} aria-label={adding ? undefined : value ? `${label}: ${value.title}` : label} onClick={() => combobox.toggleDropdown()}>
          {adding ? <IconPlus size={14} aria-hidden /> : null}
          <bdi>{adding ? label : (value?.title ?? label)}</bdi>
          {adding ? null : <IconChevronDown size={13} aria-hidden />}
        </button>
      </Combobox.Target>
      <Combobox.Dropdown>
        <Combobox.Search value={typed} placeholder={t("segments.search_fields")} aria-label={t("segments.search_fields")} onChange={(event) => { setTyped(event.currentTarget.value); combobox.updateSelectedOptionIndex(); combobox.selectFirstOption(); }} />
        <Combobox.Options mah={340} style={{ overflowY: "auto" }} aria-label={label}>
          {found.length === 0 ? <Combobox.Empty>{t("segments.search_none")}</Combobox.Empty> : null}
          {found.map((group) => (
            <Combobox.Group key={group.title} label={group.title}>
              {group.choices.slice(0, most).map((choice) => (
                <Combobox.Option key={choice.id} value={choice.id} active={choice.id === value?.id}>
                  <bdi>{choice.title}</bdi> {choice.hint ? <bdi className={`${css.hint} mono`}>{choice.hint}</bdi> : null}
                </Combobox.Option>
              ))}
            </Combobox.Group>
          ))}
        </Combobox.Options>
        {shortened ? <Combobox.Footer>{t("segments.search_more")}</Combobox.Footer> : null}
      </Combobox.Dropdown>
    </Combobox>
  );
}
