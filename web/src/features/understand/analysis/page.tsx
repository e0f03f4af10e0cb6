import { Button, Menu, Skeleton } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { IconChevronDown } from "@tabler/icons-react";
import { lazy, Suspense, type ReactNode } from "react";
import { useText } from "@/locale";
import { useFormat } from "@/ui/format";
import { Page, Panel } from "@/ui/page";
import { Computing, Empty, Failing, Notice } from "@/ui/states";
import { few, toldOf, type Say } from "./answers";
import { Bar } from "./bar";
import { AboutContext } from "./figure";
import { analysisQuery, type AnalysisName, type Mark, type Params, type Results } from "./queries";
import { analyses, paramsOf, useChosen, type Choice, type Chosen } from "./search";
import css from "./analysis.module.css";

const People = lazy(() => import("./people"));

interface AnalysisProps<N extends AnalysisName> {
  name: N;
  /** The thresholds that were used, to be shown where others can be given. */
  thresholds?: (result: Results[N]) => Partial<Record<Choice, string>>;
  /** What is to be said beside the answer. */
  notice?: (result: Results[N], chosen: Chosen) => ReactNode;
  children: (result: Results[N], open: (mark: Mark) => void, chosen: Chosen) => ReactNode;
}

/** The page of an analysis: the question, what it is asked with, the answer, pictures, and what it does not say. */
export function Analysis<N extends AnalysisName>({ name, thresholds, notice, children }: AnalysisProps<N>) {
  const { t } = useText();
  const format = useFormat();
  const chosen = useChosen(name);
  const query = useQuery({ ...analysisQuery(name, chosen.params), placeholderData: keepPreviousData });
  const result = query.error ? undefined : query.data;
  const { answer, size, mark, holds } = toldOf(name);
  const say = { t, format };
  const title = t(`analysis.${name}.title`);
  const told = result ? answer(result, say) : "";
  const notes = result ? notesOf(name, result, size(result), say) : [];
  return (
    <Page title={title} actions={<Others />}>
      <Bar name={name} chosen={chosen} {...(result && thresholds ? { thresholds: thresholds(result) } : {})} />
      {!result ? (
        <Panel>{query.error ? <Failing error={query.error} onRetry={() => void query.refetch()} /> : <Waiting />}</Panel>
      ) : result.computing ? (
        <Panel>
          <Computing />
        </Panel>
      ) : size(result) === 0 ? (
        <Panel>
          <Empty title={t("analyses.empty")} action={<Button renderRoot={(props) => <Link to="/data/import" {...props} />}>{t("analyses.empty_action")}</Button>}>
            {t("analyses.empty_text")}
          </Empty>
        </Panel>
      ) : (
        <div className={css.body} aria-busy={query.isPlaceholderData} data-busy={query.isPlaceholderData || undefined}>
          <div className={css.answer}>
            <p>
              <strong>{told}</strong>
            </p>
            <Then name={name} chosen={chosen} asOf={result.as_of} />
          </div>
          {size(result) < few ? <Notice tone="warn">{t("analyses.few", { n: format.number(size(result)), least: few, missing: few - size(result) })}</Notice> : null}
          {notice?.(result, chosen)}
          <AboutContext value={{ title, answer: told, notes, asOf: result.as_of, table: chosen.search.view === "table", onTable: (table) => chosen.set({ view: table ? "table" : undefined }) }}>{children(result, chosen.open, chosen)}</AboutContext>
          <Panel title={t("analyses.says")}>
            <ul className={css.says}>
              {notes.map((note) => (
                <li key={note}>{note}</li>
              ))}
            </ul>
          </Panel>
        </div>
      )}
      <Suspense>{result && mark && chosen.mark ? <People name={name} params={chosen.behind} mark={chosen.mark} title={mark(chosen.mark, result, say)} holds={holds?.(chosen.mark, result) ?? true} onClose={() => chosen.open(undefined)} /> : null}</Suspense>
    </Page>
  );
}

/** What it means, what it does not say, and what it was computed from; the last line stands below pictures too. */
function notesOf(name: AnalysisName, result: Results[AnalysisName], size: number, { t, format }: Say): string[] {
  const noon = (day: string) => format.day(`${day}T12:00:00Z`);
  const from = result.from ? t("analyses.data_from", { from: noon(result.from) }) : t("analyses.data_ever");
  const unit = "axis" in result && result.axis === "product" ? "products" : name === "dormancy" ? "intervals" : name === "lifecycle" ? "people" : "buyers";
  return [
    t(`analysis.${name}.meaning`),
    t(`analysis.${name}.limits`),
    t("analyses.orders"),
    t("analyses.data", { from, as_of: noon(result.as_of), used: t(`analyses.used_${unit}`, { count: size, n: format.number(size) }), time: format.moment(result.computed_at) }),
  ];
}

/** The answer of an earlier day, to compare with. */
function Then({ name, chosen, asOf }: { name: AnalysisName; chosen: Chosen; asOf: string }) {
  const { t } = useText();
  const { before } = chosen.search;
  if (!before) return null;
  if (before >= asOf) return <p className="soft">{t("analyses.before_later")}</p>;
  return <Earlier name={name} params={{ ...paramsOf(name, chosen.search, ["before"]), as_of: before }} before={before} />;
}

function Earlier({ name, params, before }: { name: AnalysisName; params: Params; before: string }) {
  const { t } = useText();
  const format = useFormat();
  const query = useQuery(analysisQuery(name, params));
  const { answer, size } = toldOf(name);
  const then = query.data ? (size(query.data) > 0 ? answer(query.data, { t, format }) : t("analyses.empty")) : query.error ? query.error.message : t("state.loading");
  return (
    <p className="soft">
      {t("analyses.then", { day: format.day(`${before}T12:00:00Z`) })} {then}
    </p>
  );
}

/** The way to the other analyses. */
function Others() {
  const { t } = useText();
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default" size="xs" rightSection={<IconChevronDown size={14} />}>
          {t("analyses.others")}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item component={Link} to="/understand/analyses">
          {t("analyses.all")}
        </Menu.Item>
        <Menu.Divider />
        {analyses.map((name) => (
          <Menu.Item key={name} component={Link} to={`/understand/analyses/${name}`}>
            {t(`analyses.name_${name}`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

/** As tall as the answer and the picture will be. */
function Waiting() {
  const { t } = useText();
  return (
    <div role="status" aria-busy="true" aria-label={t("state.loading")} className={css.waiting}>
      <Skeleton height={22} width="72%" />
      <Skeleton height={340} />
      <Skeleton height={60} width="80%" />
    </div>
  );
}
