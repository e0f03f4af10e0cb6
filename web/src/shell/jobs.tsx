import { ActionIcon, Button, Drawer, Loader, Progress, Tooltip } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { IconActivity } from "@tabler/icons-react";
import { useEffect, useRef } from "react";
import { api } from "@/api/client";
import { jobsQuery } from "@/api/queries";
import type { Job } from "@/api/types";
import { useText, type Translate } from "@/locale";
import { useAct } from "@/ui/act";
import { useFormat } from "@/ui/format";
import { useNow } from "@/ui/now";
import { Tag, type Tone } from "@/ui/page";
import { Empty, Loaded } from "@/ui/states";
import { told } from "@/ui/toast";
import { useMay } from "./session";
import css from "./shell.module.css";

export const isActive = (job: Job): boolean => job.state === "waiting" || job.state === "running";

/** What a job does, in words: "import@machine" is an import. */
export function jobTitle(t: Translate, has: (key: string) => boolean, job: Job): string {
  const kind = job.kind.split("@")[0] ?? job.kind;
  const key = `job.kind.${kind}`;
  const args = job.arguments as { dry_run?: boolean } | null;
  if (kind === "import" && args?.dry_run) return t("job.kind.import_try");
  return has(key) ? t(key) : kind;
}

const tones: Record<Job["state"], Tone> = { waiting: "plain", running: "accent", done: "good", failed: "bad", cancelled: "warn" };

export function JobState({ job }: { job: Job }) {
  const { t } = useText();
  return <Tag tone={tones[job.state]}>{t(`job.state.${job.state}`)}</Tag>;
}

/** How far a job is and how long it will take. */
export function JobProgress({ job }: { job: Job }) {
  const now = useNow();
  const { t } = useText();
  const format = useFormat();
  if (!isActive(job)) return null;
  const share = job.total > 0 ? job.done / job.total : 0;
  const seconds = job.started_at ? (now - new Date(job.started_at).getTime()) / 1000 : 0;
  const left = share > 0.02 && share < 1 ? (seconds / share) * (1 - share) : undefined;
  return (
    <div>
      <Progress value={job.total > 0 ? share * 100 : 100} animated={job.total === 0} size="sm" aria-label={t("job.progress")} />
      <span className="soft num" style={{ fontSize: "0.75rem" }}>
        {job.total > 0 ? format.percent(share) : t("job.working")}
        {left === undefined ? "" : ` · ${t("job.left", { time: format.duration(left) })}`}
      </span>
    </div>
  );
}

export function CancelJob({ job }: { job: Job }) {
  const { t } = useText();
  const allowed = useMay("data:write");
  const cancel = useAct({
    run: () => api.POST("/api/v1/jobs/{id}/cancel", { params: { path: { id: job.id } } }),
    stale: [["jobs"]],
    done: t("job.cancelling"),
  });
  if (!isActive(job) || !allowed) return null;
  return (
    <Button size="compact-xs" variant="default" loading={cancel.isPending} onClick={() => cancel.mutate()}>
      {t("job.cancel")}
    </Button>
  );
}

/** Says in the corner when a job that was running has ended. */
function useEndings(jobs: Job[] | undefined): void {
  const { t, has } = useText();
  const client = useQueryClient();
  const running = useRef<Set<string>>(new Set());
  useEffect(() => {
    for (const job of jobs ?? []) {
      if (isActive(job)) running.current.add(job.id);
      else if (running.current.delete(job.id)) {
        told(t("job.ended", { title: jobTitle(t, has, job), state: t(`job.state.${job.state}`) }));
        void client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== "session" && (queryKey[0] !== "jobs" || queryKey.length > 1) }); // the list is asked for anyhow
      }
    }
  }, [jobs, t, has, client]);
}

interface JobsButtonProps {
  onOpen: () => void;
  folded?: boolean;
  className?: string | undefined;
}

/** Opens the drawer; turns while something runs. */
export function JobsButton({ onOpen, folded, className }: JobsButtonProps) {
  const { t } = useText();
  const allowed = useMay("data:read");
  const { data } = useQuery({ ...jobsQuery, enabled: allowed });
  const count = data?.filter(isActive).length ?? 0;
  const label = count > 0 ? t("job.running", { count }) : t("job.title");
  const icon = count > 0 ? <Loader size={16} /> : <IconActivity size={17} stroke={1.6} aria-hidden />;
  if (!allowed) return null;
  if (folded && !className) {
    return (
      <Tooltip label={label}>
        <ActionIcon size="lg" onClick={onOpen} aria-label={label}>
          {icon}
        </ActionIcon>
      </Tooltip>
    );
  }
  return (
    <button type="button" className={className} style={{ marginBottom: 2, border: 0, background: "none" }} onClick={onOpen} {...(folded ? { "aria-label": label } : {})}>
      {icon}
      <span>{label}</span>
    </button>
  );
}

export function JobsDrawer({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t, has } = useText();
  const format = useFormat();
  const allowed = useMay("data:read");
  const jobs = useQuery({ ...jobsQuery, enabled: allowed });
  useEndings(jobs.data);
  return (
    <Drawer opened={opened} onClose={onClose} position="right" size="md" title={<strong>{t("job.title")}</strong>} closeButtonProps={{ "aria-label": t("action.close") }}>
      <Loaded query={jobs}>
        {(list) =>
          list.length === 0 ? (
            <Empty title={t("job.none")}>{t("job.none_text")}</Empty>
          ) : (
            <div>
              {list.slice(0, 20).map((job) => (
                <div key={job.id} className={css.job}>
                  <div style={{ display: "flex", gap: 8, alignItems: "center" }}>
                    <strong style={{ flex: 1, fontWeight: 550 }}>{jobTitle(t, has, job)}</strong>
                    <JobState job={job} />
                    <CancelJob job={job} />
                  </div>
                  <JobProgress job={job} />
                  {job.reason ? <span style={{ color: "var(--bad)" }}>{job.reason}</span> : null}
                  <span className="soft num" style={{ fontSize: "0.75rem" }}>
                    {format.short(job.created_at)}
                  </span>
                </div>
              ))}
              <p>
                <Link to="/data/jobs" onClick={onClose}>
                  {t("job.all")}
                </Link>
              </p>
            </div>
          )
        }
      </Loaded>
    </Drawer>
  );
}
