import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { asProblem, type Problem } from "@/api/problem";
import { previewQuery } from "../queries";
import type { Preview } from "../types";
import { placeFaults, toDefinition, type Group, type Mark } from "../model/form";

/** Who meets the form as far as it is finished. */
export interface Live {
  /** The last good answer; it stays while the next is computed. */
  preview: Preview | undefined;
  /** Whether the answer is not of what the form says now. */
  old: boolean;
  /** Whether there is anything to compute. */
  asked: boolean;
  marks: Map<string, Mark[]>;
  problem: Problem | undefined;
}

/** How long after the last change the size is asked for, in milliseconds. */
const pause = 350;

export function useLive(form: Group, segment: string | undefined): Live {
  const now = useMemo(() => toDefinition(form, true), [form]);
  const [written] = useDebouncedValue(now, pause);
  const query = useQuery({ ...previewQuery(written.definition, segment), retry: false });
  const [good, setGood] = useState<Preview>();
  if (query.data && query.data !== good) setGood(query.data);
  const marks = useMemo(() => (query.error ? marksOf(query.error, written.places, form.key) : new Map<string, Mark[]>()), [query.error, written.places, form.key]);
  return {
    preview: good,
    old: query.isFetching || written !== now || !!query.error,
    asked: now.definition !== undefined,
    marks,
    problem: query.error && marks.size === 0 ? asProblem(query.error) : undefined,
  };
}

/** What the server found wrong, at the parts of the form. */
export function marksOf(error: unknown, places: Map<string, string>, root: string): Map<string, Mark[]> {
  return placeFaults(asProblem(error).errors, places, root);
}
