import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, data } from "@/api/client";
import type { ImportReport, Job, UndoCounts } from "@/api/types";
import { useText } from "@/locale";
import { isActive } from "@/shell/jobs";
import { useMay } from "@/shell/session";
import { useAct } from "@/ui/act";
import { Confirm } from "@/ui/confirm";
import { useFormat } from "@/ui/format";
import { Figures, Tag } from "@/ui/page";
import { Loading, Notice } from "@/ui/states";

const ask = (job: Job, body: { dry_run?: boolean }, signal?: AbortSignal) =>
  data(api.POST("/api/v1/imports/{id}/undo", { params: { path: { id: job.id } }, body, ...(signal ? { signal } : {}) }));

/** How an import was taken back, if it was. */
const undoneOf = (job: Job) => (job.kind.startsWith("import") ? (job.result as unknown as Partial<ImportReport> | null | undefined)?.undone : undefined);

/** Whether a job is an import that brought something in. */
function undoable(job: Job): boolean {
  const { dry_run: dry } = (job.arguments ?? {}) as { dry_run?: boolean };
  return job.kind.startsWith("import") && !dry && !isActive(job) && !undoneOf(job);
}

export function UndoneTag({ job }: { job: Job }) {
  const { t } = useText();
  return undoneOf(job) ? <Tag tone="warn">{t("undo.undone")}</Tag> : null;
}

/** When an import was taken back, by whom, and what that removed. */
export function UndoneNotice({ job }: { job: Job }) {
  const { t } = useText();
  const format = useFormat();
  const undone = undoneOf(job);
  if (!undone) return null;
  return (
    <Notice tone="warn">
      <p style={{ marginTop: 0 }}>{t("undo.undone_by", { time: format.moment(undone.at), by: undone.by.replace(/^user:/, "") })}</p>
      <Counts counts={undone} done />
    </Notice>
  );
}

/** Takes an import back, after it was said what that removes. */
export function UndoImport({ job }: { job: Job }) {
  const { t } = useText();
  const [opened, setOpened] = useState(false);
  const allowed = useMay("data:write");
  if (!allowed || !undoable(job)) return null;
  return (
    <>
      <Button size="compact-xs" variant="subtle" color="shu" onClick={() => setOpened(true)}>
        {t("undo.title")}
      </Button>
      <Dialog job={job} opened={opened} onClose={() => setOpened(false)} />
    </>
  );
}

function Dialog({ job, opened, onClose }: { job: Job; opened: boolean; onClose: () => void }) {
  const { t } = useText();
  const format = useFormat();
  const preview = useQuery({
    queryKey: ["imports", "undo", job.id],
    enabled: opened,
    staleTime: 0,
    gcTime: 0,
    queryFn: async ({ signal }) => (await ask(job, { dry_run: true }, signal)).preview ?? null,
  });
  const undo = useAct({ quiet: true, run: () => ask(job, {}), stale: [["jobs"]], done: t("undo.started"), then: onClose });
  const { source = "" } = (job.arguments ?? {}) as { source?: string };
  const told = preview.isFetching ? undefined : preview.data;
  return (
    <Confirm
      opened={opened} title={t("undo.title")} action={t("undo.title")} danger busy={preview.isFetching || undo.isPending}
      refused={!!preview.error && !preview.isFetching} error={undo.error ?? (preview.isFetching ? undefined : preview.error)} onConfirm={() => undo.mutate()} onClose={onClose}
    >
      {told ? (
        <>
          <p style={{ margin: 0 }}>{t("undo.text", { source, time: format.moment(job.created_at) })}</p>
          <Counts counts={told} />
          {told.people_gone > 0 ? <Notice tone="bad">{t("undo.gone_text", { count: told.people_gone, n: format.number(told.people_gone) })}</Notice> : null}
          {told.later_imports > 0 ? <Notice tone="warn">{t("undo.later", { count: told.later_imports, n: format.number(told.later_imports) })}</Notice> : null}
          <p style={{ margin: 0 }} className="soft">
            {t("undo.again")}
          </p>
        </>
      ) : preview.isFetching ? (
        <Loading lines={3} />
      ) : null}
    </Confirm>
  );
}

function Counts({ counts, done }: { counts: UndoCounts; done?: boolean }) {
  const { t } = useText();
  const format = useFormat();
  return (
    <Figures
      items={[
        { label: t(done ? "undo.events_done" : "undo.events"), value: format.number(counts.events) },
        { label: t("undo.orders"), value: format.number(counts.orders) },
        { label: t(done ? "undo.people_gone_done" : "undo.people_gone"), value: format.number(counts.people_gone) },
        { label: t(done ? "undo.people_kept_done" : "undo.people_kept"), value: format.number(counts.people_kept) },
      ]}
    />
  );
}
