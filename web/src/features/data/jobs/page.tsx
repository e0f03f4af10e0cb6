import { useQuery } from "@tanstack/react-query";
import { IconActivity } from "@tabler/icons-react";
import { jobsQuery } from "@/api/queries";
import type { Job } from "@/api/types";
import { useText } from "@/locale";
import { UndoImport, UndoneTag } from "@/features/data/import/undo";
import { CancelJob, JobProgress, jobTitle, JobState } from "@/shell/jobs";
import { useFormat } from "@/ui/format";
import { Page, Panel, Text } from "@/ui/page";
import { Empty } from "@/ui/states";
import type { Column } from "@/ui/table/columns";
import { useTableState } from "@/ui/table/state";
import { DataTable } from "@/ui/table/table";

/** Long work: what runs, what is done, what failed and why. */
export default function Jobs() {
  const { t, has } = useText();
  const format = useFormat();
  const state = useTableState();
  const jobs = useQuery(jobsQuery);
  const took = (job: Job) => (job.started_at && job.finished_at ? (new Date(job.finished_at).getTime() - new Date(job.started_at).getTime()) / 1000 : undefined);
  const columns: Column<Job>[] = [
    { id: "title", title: t("job.what"), fixed: true, sortable: true, value: (j) => jobTitle(t, has, j), cell: (j) => jobTitle(t, has, j) },
    { id: "state", title: t("job.state"), sortable: true, value: (j) => t(`job.state.${j.state}`), cell: (j) => <><JobState job={j} /> <UndoneTag job={j} /> {j.reason ? <span style={{ color: "var(--bad)" }}>{j.reason}</span> : null}</> },
    { id: "progress", title: t("job.progress"), value: (j) => (j.total > 0 ? j.done / j.total : undefined), cell: (j) => <JobProgress job={j} /> },
    { id: "created", title: t("job.created"), sortable: true, tight: true, value: (j) => j.created_at, cell: (j) => format.short(j.created_at) },
    { id: "took", title: t("job.took"), sortable: true, end: true, value: took, cell: (j) => { const s = took(j); return s === undefined ? "" : format.duration(s); } },
    { id: "by", title: t("job.by"), value: (j) => j.created_by, cell: (j) => <Text>{j.created_by.replace(/^user:/, "")}</Text> },
    { id: "action", title: t("table.actions"), value: () => undefined, cell: (j) => <><CancelJob job={j} /> <UndoImport job={j} /></> },
  ];
  return (
    <Page title={t("place.jobs")} lead={t("job.lead")}>
      <Panel flush>
        <DataTable label={t("place.jobs")} state={state} columns={columns} rows={jobs.data} rowId={(j) => j.id} local error={jobs.error} onRetry={() => void jobs.refetch()} empty={<Empty title={t("job.none")} icon={<IconActivity size={36} stroke={1.3} />}>{t("job.none_text")}</Empty>} />
      </Panel>
    </Page>
  );
}
