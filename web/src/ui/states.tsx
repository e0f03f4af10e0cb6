import { Button, Skeleton } from "@mantine/core";
import { IconAlertTriangle, IconCheck, IconHourglass, IconInfoCircle, IconMoodEmpty } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { asProblem } from "@/api/problem";
import { useText } from "@/locale";
import type { Tone } from "./page";
import css from "./ui.module.css";

/** Nothing is here yet: what will be, and the one button that leads there. */
export function Empty({ title, children, action, icon }: { title: string; children?: ReactNode; action?: ReactNode; icon?: ReactNode }) {
  return (
    <div className={css.state}>
      <span className={css.stateIcon} aria-hidden>
        {icon ?? <IconMoodEmpty size={36} stroke={1.3} />}
      </span>
      <h2>{title}</h2>
      {children ? <p>{children}</p> : null}
      {action}
    </div>
  );
}

/** What the numbers follow from is being computed: they come by themselves, and their absence says nothing. */
export function Computing() {
  const { t } = useText();
  return (
    <div role="status">
      <Empty title={t("state.computing")} icon={<IconHourglass size={36} stroke={1.3} />}>
        {t("state.computing_text")}
      </Empty>
    </div>
  );
}

/** It failed: what, why, and what to do. What is not there or not allowed is not tried again. */
export function Failing({ error, onRetry, action }: { error: unknown; onRetry?: (() => void) | undefined; action?: ReactNode }) {
  const { t } = useText();
  const problem = asProblem(error);
  return (
    <div className={css.state} role="alert">
      <span style={{ color: "var(--bad)" }} aria-hidden>
        <IconAlertTriangle size={32} stroke={1.4} />
      </span>
      <h2>{t(problem.status === 404 ? "state.not_found" : problem.status === 403 ? "state.forbidden" : "state.failed")}</h2>
      <p>{problem.message}</p>
      {action}
      {onRetry && problem.status !== 404 && problem.status !== 403 ? (
        <Button variant="default" onClick={onRetry}>
          {t("action.retry")}
        </Button>
      ) : null}
    </div>
  );
}

/** Lines where text will be. */
export function Loading({ lines = 4 }: { lines?: number }) {
  const { t } = useText();
  return (
    <div className={css.skeleton} aria-busy="true" aria-label={t("state.loading")} role="status">
      {Array.from({ length: lines }, (_, i) => (
        <Skeleton key={i} height={14} width={`${92 - ((i * 17) % 45)}%`} />
      ))}
    </div>
  );
}

const icons = { good: IconCheck, warn: IconAlertTriangle, bad: IconAlertTriangle, accent: IconInfoCircle, plain: IconInfoCircle };

export function Notice({ tone = "accent", children, alert }: { tone?: Tone; children: ReactNode; alert?: boolean }) {
  const Icon = icons[tone];
  return (
    <div className={css.notice} data-tone={tone} role={alert ? "alert" : undefined}>
      <Icon size={18} stroke={1.7} aria-hidden />
      <div>{children}</div>
    </div>
  );
}

/** What the server said about a request, above the form it is about. */
export function ProblemNotice({ error, except = [] }: { error: unknown; except?: string[] }) {
  if (!error) return null;
  const problem = asProblem(error);
  const shown = (field: string) => except.includes(field.replace(/^(body|query|path)\./, ""));
  const faults = problem.errors.filter((fault) => !shown(fault.field));
  if (problem.field && shown(problem.field)) return null; // it stands at the field
  return (
    <Notice tone="bad" alert>
      {problem.message}
      {faults.length > 0 ? (
        <ul>
          {faults.map((fault) => (
            <li key={fault.field + fault.detail}>
              {fault.field ? <code className="mono">{fault.field}</code> : null} {fault.detail}
            </li>
          ))}
        </ul>
      ) : null}
    </Notice>
  );
}

interface LoadedProps<T> {
  query: { data: T | undefined; error: unknown; isPending: boolean; refetch: () => unknown };
  lines?: number;
  children: (data: T) => ReactNode;
}

/** One of loading, failing and there. What was there before a failing refresh stays. */
export function Loaded<T>({ query, lines, children }: LoadedProps<T>) {
  if (query.data !== undefined) return children(query.data);
  if (query.error) return <Failing error={query.error} onRetry={() => void query.refetch()} />;
  return <Loading {...(lines === undefined ? {} : { lines })} />;
}
