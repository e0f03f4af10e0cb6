import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useText } from "@/locale";
import { propertiesQuery } from "../queries";
import type { Field } from "../types";
import { referenceOf, selectionOf, without, type Selection } from "../model/condition";
import { eventGroups } from "../model/choices";
import { newGroup, type Group } from "../model/form";
import { ScopeContext, useBuilder } from "./context";
import { GroupEditor } from "./group";
import { Picker } from "./picker";
import css from "./builder.module.css";

const none: Field[] = [];

/** The properties of what is selected; none until they are there. */
export function useProperties(selection: Selection<unknown>): Field[] {
  const of = referenceOf(selection);
  const { data } = useQuery({ ...propertiesQuery(of), enabled: !!of });
  return data ?? none;
}

interface SelectionProps<S extends Selection<Group>> {
  selection: S;
  onChange: (next: S) => void;
  label: string;
  wrong?: boolean;
}

/** What something is called that a selection names. */
export function useEventName(): (selection: Selection<unknown>) => string {
  const { schema } = useBuilder();
  return ({ event, call, kind }) => {
    const fields = event ? schema.events : call ? schema.calls : schema.kinds;
    const name = event ?? call ?? kind ?? "";
    return fields.find((field) => field.name === name)?.title ?? name;
  };
}

/** Which event, in a sentence. Another event has other properties, so what selected by them goes. */
export function EventPicker<S extends Selection<Group>>({ selection, onChange, label, wrong }: SelectionProps<S>) {
  const { t } = useText();
  const { schema } = useBuilder();
  const name = useEventName();
  const reference = referenceOf(selection);
  const pick = (id: string) => {
    if (id === reference) return;
    onChange({ ...without(selection, "event", "call", "kind", "where"), ...selectionOf(id) } as unknown as S);
  };
  return <Picker label={label} groups={eventGroups(schema, t)} value={reference ? { id: reference, title: name(selection) } : undefined} onPick={(choice) => pick(choice.id)} {...(wrong ? { wrong } : {})} />;
}

/** Below a rule: by what its events or orders are narrowed. */
export function Where({ where, fields, of, title }: { where: Group | undefined; fields: Field[]; of: string; title: string }) {
  const scope = useMemo(() => ({ fields, of }), [fields, of]);
  if (!where) return null;
  return (
    <div className={css.where}>
      <ScopeContext value={scope}>
        <GroupEditor group={where} title={title} />
      </ScopeContext>
    </div>
  );
}

/** Begins to narrow a selection. */
export function Narrow<S extends Selection<Group>>({ selection, onChange, label }: { selection: S; onChange: (next: S) => void; label: string }) {
  if (selection.where) return null;
  return (
    <button type="button" className={css.add} onClick={() => onChange({ ...selection, where: newGroup() })}>
      {label}
    </button>
  );
}
