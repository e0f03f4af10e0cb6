import { Skeleton } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { asProblem, type Problem } from "@/api/problem";
import type { components } from "@/api/schema";
import { useText } from "@/locale";
import { Panel } from "@/ui/page";
import { Notice } from "@/ui/states";
import type { Group, Mark } from "../segments/model/form";
import { marksIn, writeMeasure } from "./measure";
import { tryQuery } from "./queries";
import { Spread } from "./spread";
import css from "./features.module.css";

type Tried = components["schemas"]["PreviewFeatureOutput"];

/** What the form comes to with the data there are. */
export interface Live {
  /** The last good answer; it stays while the next is computed. */
  tried: Tried | undefined;
  old: boolean;
  asked: boolean;
  marks: Map<string, Mark[]>;
  problem: Problem | undefined;
}

/** How long after the last change it is asked for, in milliseconds. */
const pause = 350;

export function useTry(form: Group, unit: string): Live {
  const now = useMemo(() => ({ ...writeMeasure(form), form, unit }), [form, unit]);
  const [written] = useDebouncedValue(now, pause);
  const query = useQuery(tryQuery(written.definition, written.unit));
  const [good, setGood] = useState<Tried>();
  if (query.data && query.data !== good) setGood(query.data);
  const marks = useMemo(() => (query.error ? marksIn(asProblem(query.error).errors, written.places, written.form) : new Map<string, Mark[]>()), [query.error, written]);
  return {
    tried: good,
    old: query.isFetching || written !== now || !!query.error,
    asked: now.definition !== undefined,
    marks,
    problem: query.error && marks.size === 0 ? asProblem(query.error) : undefined,
  };
}

/** How the values are spread, while the definition is written. */
export function TryPanel({ live: { tried, old, asked, marks, problem }, title }: { live: Live; title: string }) {
  const { t } = useText();
  return (
    <Panel title={t("features.live")}>
      <div className={css.try} data-old={(asked && old) || undefined} aria-live="polite">
        {!asked ? (
          <p className="soft">{t("features.live_nothing")}</p>
        ) : tried ? (
          <>
            <p>{tried.sentence}</p>
            {tried.known > 0 ? <Spread of={tried} title={title || tried.sentence} /> : <p className="soft">{t("features.nobody")}</p>}
          </>
        ) : problem || marks.size > 0 ? null : (
          <div aria-busy="true">
            <Skeleton height={14} mb={10} />
            <Skeleton height={160} mb={10} />
            <Skeleton height={14} width="70%" />
          </div>
        )}
      </div>
      {marks.size > 0 ? <Notice tone="bad">{t("features.live_faults")}</Notice> : null}
      {problem ? (
        <Notice tone="bad" alert>
          {problem.message}
        </Notice>
      ) : null}
    </Panel>
  );
}
