import { Button, Group } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { IconDownload } from "@tabler/icons-react";
import { api, data, list } from "@/api/client";
import type { ImportCount, ImportReport, Job } from "@/api/types";
import type { paths } from "@/api/schema";
import { useText } from "@/locale";
import { CancelJob, isActive, JobProgress, JobState } from "@/shell/jobs";
import { useAct } from "@/ui/act";
import { download } from "@/ui/download";
import { useFormat } from "@/ui/format";
import { Figures, Panel, Row, Stack, Text } from "@/ui/page";
import { Notice, ProblemNotice } from "@/ui/states";
import { useEventTitle } from "../../events";
import { UndoImport, UndoneNotice } from "./undo";
import css from "./import.module.css";

type Body = NonNullable<paths["/api/v1/imports"]["post"]["requestBody"]>["content"]["application/json"];

interface OutcomeProps {
  job: Job;
  onBack: () => void;
  onJob: (id: string) => void;
  onNew: () => void;
}

/** How an import or its dry run goes, and what came of it. */
export function Outcome({ job, onBack, onJob, onNew }: OutcomeProps) {
  const { t } = useText();
  const client = useQueryClient();
  const asked = job.arguments as unknown as Body;
  const report = job.state === "done" ? (job.result as unknown as ImportReport) : undefined;
  const start = useAct({
    quiet: true,
    run: async () => (await data(api.POST("/api/v1/imports", { body: { ...asked, dry_run: false } }))) as unknown as Job,
    then: (next) => {
      void client.invalidateQueries({ queryKey: ["jobs"] });
      onJob(next.id);
    },
  });
  const rejects = useAct({ run: () => download(`/api/v1/uploads/${asked.upload}/rejects`, "rejects.csv") });
  const dry = !!asked.dry_run;
  return (
    <>
      <Panel
        title={
          <>
            {t(dry ? "job.kind.import_try" : "job.kind.import")} <JobState job={job} />
          </>
        }
        aside={<CancelJob job={job} />}
      >
        <Stack>
          {isActive(job) ? (
            <>
              <JobProgress job={job} />
              <span className="soft">{t("import_page.leave")}</span>
            </>
          ) : null}
          {job.state === "failed" ? (
            <Notice tone="bad" alert>
              {job.reason ?? t("state.failed")}
            </Notice>
          ) : null}
          {job.state === "cancelled" ? <Notice tone="warn">{t("import_page.cancelled")}</Notice> : null}
          <UndoneNotice job={job} />
          {report && !report.undone ? <Report report={report} dry={dry} /> : null}
          <ProblemNotice error={start.error} />
          {isActive(job) ? null : (
            <Group justify="flex-end">
              {report?.rejects_file ? (
                <Button variant="default" leftSection={<IconDownload size={15} />} loading={rejects.isPending} onClick={() => rejects.mutate()}>
                  {t("import_page.rejects_file")}
                </Button>
              ) : null}
              {dry ? (
                <>
                  <Button variant="default" onClick={onBack}>
                    {t("import_page.back")}
                  </Button>
                  {report ? (
                    <Button loading={start.isPending} onClick={() => start.mutate()}>
                      {t("import_page.run", { count: report.rows - report.rejected })}
                    </Button>
                  ) : null}
                </>
              ) : (
                <>
                  <UndoImport job={job} />
                  <Button variant="default" onClick={onNew}>
                    {t("import_page.next_file")}
                  </Button>
                  <Button renderRoot={(props) => <Link to="/customers" {...props} />}>{t("import_page.to_customers")}</Button>
                </>
              )}
            </Group>
          )}
        </Stack>
      </Panel>
      {report ? (
        <>
          <Counts title={t("import_page.rejects")} prefix="reject" counts={list(report.rejects)} />
          <Counts title={t("import_page.warnings")} prefix="warning" counts={list(report.warnings)} />
        </>
      ) : null}
    </>
  );
}

function Report({ report, dry }: { report: ImportReport; dry: boolean }) {
  const { t } = useText();
  const format = useFormat();
  const title = useEventTitle();
  const events = Object.entries(report.events ?? {}).sort((a, b) => b[1] - a[1]);
  const types = ["identify", "group", "page", "screen", "alias"];
  return (
    <Stack>
      <Notice tone={report.rejected > 0 ? "warn" : "good"}>
        {report.rejected > 0
          ? t(dry ? "import_page.tried_rejected" : "import_page.done_rejected", { rows: format.number(report.rows - report.rejected), rejected: format.number(report.rejected) })
          : t(dry ? "import_page.tried" : "import_page.done", { rows: format.number(report.rows) })}
      </Notice>
      <Figures
        items={[
          { label: t("import_page.figure_rows"), value: format.number(report.rows) },
          { label: t("import_page.figure_rejected"), value: format.number(report.rejected) },
          { label: t("import_page.figure_people"), value: format.number(report.people) },
          { label: t("import_page.figure_unchanged"), value: format.number(report.unchanged) },
          ...(report.earliest && report.latest ? [{ label: t("import_page.figure_period"), value: <span style={{ fontSize: "0.9375rem" }}>{format.shortDay(report.earliest)} – {format.shortDay(report.latest)}</span> }] : []),
        ]}
      />
      <Row>
        {events.map(([name, count]) => (
          <span key={name}>
            <Text>{types.includes(name) ? title(name) : title("track", name)}</Text> <span className="num soft">{format.number(count)}</span>
          </span>
        ))}
      </Row>
    </Stack>
  );
}

function Counts({ title, prefix, counts }: { title: string; prefix: string; counts: ImportCount[] }) {
  const { t, has } = useText();
  const format = useFormat();
  if (counts.length === 0) return null;
  const say = (key: string, args: Record<string, string>) => {
    const full = has(key) ? key : `${prefix}.${key.replace(/^(import_)?(reject|warning)[._]/, "")}`;
    return has(full) ? t(full, args) : key;
  };
  return (
    <Panel title={title}>
      <ul className={css.counts}>
        {counts.map((c) => {
          const examples = list(c.examples);
          const example = examples[0];
          return (
            <li key={c.key}>
              <strong className="num">{t("count.rows", { count: c.count, n: format.number(c.count) })}</strong>{" "}
              <Text>{say(c.key, { ...example?.args, value: example?.value ?? "" })}</Text>
              <ul>
                {examples.slice(0, 5).map((e, i) => (
                  <li key={i}>
                    {t("import_page.example", { line: e.line })} {e.column ? <Text>{e.column}</Text> : null} {e.value ? <q><Text>{e.value}</Text></q> : null}
                  </li>
                ))}
              </ul>
            </li>
          );
        })}
      </ul>
    </Panel>
  );
}
