import { Button } from "@mantine/core";
import { useQueries } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { IconCheck, IconCircleDashed } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { eventKindsQuery, identityQuery, quarantineQuery, sourcesQuery } from "@/api/queries";
import { useText } from "@/locale";
import { useFormat } from "@/ui/format";
import { Figures, Panel } from "@/ui/page";
import { Failing, Loading, Notice } from "@/ui/states";
import css from "./home.module.css";

/** What the list asks for. */
export const beginQueries = [sourcesQuery, eventKindsQuery, identityQuery, quarantineQuery] as const;

interface Step {
  key: string;
  done: boolean;
  to: string;
}

/** The way from no data to the first insight; it goes when it is walked. */
export function Begin({ selling }: { selling: boolean }) {
  const { t } = useText();
  const format = useFormat();
  const [sources, kinds, identity, quarantine] = useQueries({ queries: beginQueries });
  if (!sources.data || !kinds.data || !identity.data) {
    const broken = [sources, kinds, identity].find((query) => query.error);
    return <Panel>{broken ? <Failing error={broken.error} onRetry={() => void broken.refetch()} /> : <Loading lines={6} />}</Panel>;
  }
  const events = kinds.data.reduce((sum, kind) => sum + kind.events, 0);
  const has = (name: string) => kinds.data.some((kind) => kind.name === name);
  const held = quarantine.data?.reduce((sum, count) => sum + count.events, 0) ?? 0;
  const steps: Step[] = [
    { key: "source", done: sources.data.some((s) => s.kind === "sdk" || s.kind === "import"), to: "/data/sources" },
    { key: "people", done: identity.data.known > 0, to: "/data/import" },
    { key: "orders", done: selling || has("Order Completed"), to: "/data/import" },
    { key: "clean", done: events > 0 && held === 0, to: "/data/quarantine" },
    { key: "one", done: localStorage.getItem("seen-person") === "1", to: "/customers" },
  ];
  const open = steps.filter((step) => !step.done);
  const last = kinds.data.map((kind) => kind.last_seen).sort().at(-1);
  return (
    <>
      {held > 0 ? (
        <Notice tone="warn">
          {t("home.held", { count: held, n: format.number(held) })} <Link to="/data/quarantine">{t("home.held_action")}</Link>
        </Notice>
      ) : null}
      {open.length > 0 ? (
        <Panel title={t("home.steps")} aside={<span className="soft num">{t("home.steps_done", { done: steps.length - open.length, all: steps.length })}</span>}>
          <ol className={css.steps}>
            {(selling ? open : steps).map((step) => (
              <StepItem key={step.key} done={step.done} title={t(`home.step_${step.key}`)} text={t(`home.step_${step.key}_text`)}>
                <Button size="xs" variant={step === open[0] ? "filled" : "default"} renderRoot={(props) => <Link to={step.to} {...props} />}>
                  {t(`home.step_${step.key}_action`)}
                </Button>
              </StepItem>
            ))}
          </ol>
        </Panel>
      ) : null}
      <Panel title={t("home.now")}>
        <Figures
          items={[
            { label: t("identity.known"), value: format.number(identity.data.known) },
            { label: t("identity.visitors"), value: format.number(identity.data.visitors) },
            { label: t("home.events"), value: format.number(events) },
            { label: t("home.last_event"), value: last ? format.relative(last) : "–" },
          ]}
        />
      </Panel>
    </>
  );
}

function StepItem({ done, title, text, children }: { done: boolean; title: string; text: string; children: ReactNode }) {
  const { t } = useText();
  return (
    <li data-done={done || undefined}>
      {done ? <IconCheck size={20} aria-label={t("home.done")} role="img" /> : <IconCircleDashed size={20} aria-label={t("home.open")} role="img" />}
      <div>
        <strong>{title}</strong>
        <p>{text}</p>
      </div>
      {children}
    </li>
  );
}
