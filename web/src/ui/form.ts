import { useForm, type UseFormReturnType } from "@mantine/form";
import { useEffect, useState } from "react";
import { asProblem, faultsByField } from "@/api/problem";

type Values = Record<string, unknown>;

interface Options<V extends Values> {
  initial: V;
  validate?: (values: V) => Partial<Record<keyof V & string, string | null>>;
  /** Under which name unfinished input is kept while the browser tab lives. Never for secrets. */
  draft?: string;
}

export interface DraftForm<V extends Values> extends UseFormReturnType<V> {
  /** Puts what the server found wrong at the fields; the rest is for the notice above. */
  refuse: (error: unknown) => void;
  /** Forgets the draft, when the form has done its work. */
  finish: () => void;
}

/** A form that keeps what was typed: over errors always, over leaving the page with a draft's name. */
export function useDraftForm<V extends Values>({ initial, validate, draft }: Options<V>): DraftForm<V> {
  const key = draft ? `draft:${draft}` : undefined;
  const [begin] = useState<V>(() => ({ ...initial, ...readDraft<V>(key) }));
  const form = useForm<V>({
    initialValues: begin,
    ...(validate ? { validate: (values: V) => clean(validate(values)) } : {}),
  });
  const { values } = form;
  const dirty = form.isDirty();
  useEffect(() => {
    if (key && dirty) sessionStorage.setItem(key, JSON.stringify(values));
  }, [key, values, dirty]);
  return Object.assign(form, {
    refuse: (error: unknown) => form.setErrors(faultsByField(asProblem(error)) as Parameters<typeof form.setErrors>[0]),
    finish: () => {
      if (key) sessionStorage.removeItem(key);
    },
  });
}

function clean(faults: Partial<Record<string, string | null>>): Record<string, string> {
  return Object.fromEntries(Object.entries(faults).filter((fault): fault is [string, string] => !!fault[1]));
}

function readDraft<V>(key: string | undefined): Partial<V> {
  try {
    return key ? (JSON.parse(sessionStorage.getItem(key) ?? "{}") as Partial<V>) : {};
  } catch {
    return {};
  }
}
