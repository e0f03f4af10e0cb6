import { Button, Progress, Stepper } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { IconFileUpload } from "@tabler/icons-react";
import { useRef, useState, type DragEvent } from "react";
import { jobQuery, jobsQuery, targetsQuery } from "@/api/queries";
import type { Job } from "@/api/types";
import { useText } from "@/locale";
import { isActive, JobState } from "@/shell/jobs";
import { useAct } from "@/ui/act";
import { useFormat } from "@/ui/format";
import { Page, Panel, Row, Stack, Text } from "@/ui/page";
import { Loaded, ProblemNotice } from "@/ui/states";
import { Mapper } from "./mapper";
import { SavedMappings } from "./mappings";
import { Outcome } from "./outcome";
import { UndoImport, UndoneTag } from "./undo";
import { upload } from "./upload";
import css from "./import.module.css";

export interface ImportArguments {
  upload?: string;
  source?: string;
  dry_run?: boolean;
}

/** A file comes in: chosen, understood, tried out, taken over. Every step is in the address, so that one can leave. */
export default function ImportPage() {
  const { t } = useText();
  const navigate = useNavigate();
  const search: { upload?: string; file?: string; job?: string } = useSearch({ strict: false });
  const go = (next: Record<string, string | undefined>) => void navigate({ to: "/data/import", search: next });
  const job = useQuery({ ...jobQuery(search.job ?? ""), enabled: !!search.job });
  const dry = (job.data?.arguments as ImportArguments | undefined)?.dry_run;
  const step = !search.upload ? 0 : !search.job ? 1 : dry ? 2 : 3;
  return (
    <Page title={t("place.import")} lead={t("import_page.lead")}>
      <Stepper active={step} size="xs" iconSize={26} allowNextStepsSelect={false} className={css.steps ?? ""}>
        <Stepper.Step label={t("import_page.step_file")} />
        <Stepper.Step label={t("import_page.step_mapping")} />
        <Stepper.Step label={t("import_page.step_try")} />
        <Stepper.Step label={t("import_page.step_import")} />
      </Stepper>
      {search.job ? (
        <Loaded query={job}>{(data) => <Outcome job={data} onBack={() => go({ upload: search.upload, file: search.file })} onJob={(id) => go({ ...search, job: id })} onNew={() => go({})} />}</Loaded>
      ) : search.upload ? (
        <Mapper key={search.upload} uploadId={search.upload} file={search.file ?? ""} onJob={(id) => go({ ...search, job: id })} onNew={() => go({})} />
      ) : (
        <Choose onUploaded={(id, file) => go({ upload: id, file })} />
      )}
    </Page>
  );
}

function Choose({ onUploaded }: { onUploaded: (id: string, file: string) => void }) {
  const { t } = useText();
  const format = useFormat();
  const input = useRef<HTMLInputElement>(null);
  const abort = useRef<AbortController>(undefined);
  const [share, setShare] = useState(0);
  const [over, setOver] = useState(false);
  const send = useAct({
    quiet: true,
    run: (file: File) => {
      abort.current = new AbortController();
      setShare(0);
      return upload(file, setShare, abort.current.signal);
    },
    then: (made, file) => onUploaded(made.id, file.name),
  });
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const file = event.dataTransfer.files[0];
    if (file) send.mutate(file);
  };
  return (
    <>
      <ProblemNotice error={send.error} />
      <Panel>
        <div
          className={css.drop}
          data-over={over || undefined}
          onDragOver={(event) => {
            event.preventDefault();
            setOver(true);
          }}
          onDragLeave={() => setOver(false)}
          onDrop={drop}
        >
          <IconFileUpload size={34} stroke={1.3} aria-hidden />
          {send.isPending ? (
            <Stack>
              <span>{t("import_page.sending", { name: send.variables.name, size: format.bytes(send.variables.size) })}</span>
              <Progress value={share * 100} aria-label={t("import_page.sending", { name: send.variables.name, size: "" })} />
              <Button variant="default" size="xs" onClick={() => abort.current?.abort()}>
                {t("action.cancel")}
              </Button>
            </Stack>
          ) : (
            <>
              <strong>{t("import_page.drop")}</strong>
              <span className="soft">{t("import_page.formats")}</span>
              <Button onClick={() => input.current?.click()}>{t("import_page.choose")}</Button>
            </>
          )}
          <input
            ref={input}
            type="file"
            hidden
            aria-label={t("import_page.choose")}
            accept=".csv,.tsv,.txt,.xlsx,.jsonl,.ndjson,.json,.parquet,.gz,.zip,.zst"
            onChange={(event) => {
              const file = event.currentTarget.files?.[0];
              if (file) send.mutate(file);
              event.currentTarget.value = "";
            }}
          />
        </div>
        <p className="soft" style={{ marginBottom: 0 }}>
          {t("import_page.presets")}
        </p>
      </Panel>
      <History />
      <SavedMappings />
    </>
  );
}

function History() {
  const { t } = useText();
  const format = useFormat();
  const navigate = useNavigate();
  const jobs = useQuery(jobsQuery);
  const targets = useQuery(targetsQuery);
  const imports = jobs.data?.filter((job) => job.kind.startsWith("import")) ?? [];
  if (imports.length === 0) return null;
  const target = (job: Job) => {
    const name = (job.arguments as { mapping?: { target?: string } } | null)?.mapping?.target ?? "";
    return targets.data?.find((one) => one.name === name)?.title ?? name;
  };
  const open = (job: Job) => void navigate({ to: "/data/import", search: { job: job.id, upload: (job.arguments as ImportArguments | null)?.upload } });
  return (
    <Panel title={t("import_page.history")}>
      <ul className={css.history}>
        {imports.slice(0, 10).map((job) => (
          <li key={job.id}>
            <Row>
              <button type="button" className={css.link} onClick={() => open(job)}>
                {t((job.arguments as ImportArguments | null)?.dry_run ? "job.kind.import_try" : "job.kind.import")}: {target(job)}
              </button>
              <span className="soft">
                <Text>{(job.arguments as ImportArguments | null)?.source}</Text>
              </span>
              <JobState job={job} /> <UndoneTag job={job} />
              <span className="soft num">{format.short(job.created_at)}</span>
              <UndoImport job={job} />
              {isActive(job) && job.total > 0 ? <span className="num">{format.percent(job.done / job.total)}</span> : null}
            </Row>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
