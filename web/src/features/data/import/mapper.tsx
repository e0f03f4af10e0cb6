import { Button, Group, NumberInput, Select, TextInput } from "@mantine/core";
import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, data, list } from "@/api/client";
import { mappingsQuery, sourcesQuery, targetsQuery } from "@/api/queries";
import type { Inspection, Mapping, ReadOptions } from "@/api/types";
import { useText } from "@/locale";
import { useAct } from "@/ui/act";
import { Clash } from "@/ui/clash";
import { useFormat } from "@/ui/format";
import { Panel, Row, Stack, Tag, Text } from "@/ui/page";
import { Loaded, Notice, ProblemNotice } from "@/ui/states";
import { withParts } from "./choice";
import { useMappingWords } from "./mappings";
import { Needs } from "./needs";
import { Sample } from "./sample";
import css from "./import.module.css";

const encodings = ["UTF-8", "Shift_JIS", "EUC-JP", "ISO-2022-JP", "UTF-16LE", "UTF-16BE"];

interface MapperProps {
  uploadId: string;
  file: string;
  onJob: (id: string) => void;
  onNew: () => void;
}

/** How the file is read and what its columns are: guessed, shown on real rows, mended. */
export function Mapper({ uploadId, file, onJob, onNew }: MapperProps) {
  const [read, setRead] = useState<ReadOptions>({});
  const [target, setTarget] = useState("");
  const inspection = useQuery({
    queryKey: ["uploads", uploadId, read, target],
    staleTime: Infinity,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => data(api.POST("/api/v1/uploads/{id}/inspect", { params: { path: { id: uploadId } }, body: { ...read, ...(target ? { target } : {}) }, signal })),
  });
  return (
    <Loaded query={inspection} lines={10}>
      {(found) => (
        // A new look at the file is a new proposal; what was mended in the old one is for the old one.
        <Mend key={JSON.stringify([read, target, found.fingerprint, found.mapping.target])} uploadId={uploadId} file={file} found={found} read={read} error={inspection.error} busy={inspection.isFetching} onRead={setRead} onTarget={setTarget} onJob={onJob} onNew={onNew} />
      )}
    </Loaded>
  );
}

interface MendProps extends MapperProps {
  found: Inspection;
  read: ReadOptions;
  error: unknown;
  busy: boolean;
  onRead: (read: ReadOptions) => void;
  onTarget: (target: string) => void;
}

function Mend({ uploadId, file, found, read, error, busy, onRead, onTarget, onJob, onNew }: MendProps) {
  const { t, has } = useText();
  const format = useFormat();
  const client = useQueryClient();
  const sources = useQuery(sourcesQuery);
  const saved = useQuery(mappingsQuery);
  const targets = useQuery(targetsQuery);
  const [mapping, setMapping] = useState<Mapping>(found.mapping);
  const [source, setSource] = useState(() => sessionStorage.getItem("import-source") ?? "files");
  const [name, setName] = useState(found.saved ?? "");
  const start = useAct({
    quiet: true,
    run: async () => {
      sessionStorage.setItem("import-source", source);
      const body = { upload: uploadId, source: source.trim(), mapping: withParts(mapping), read, dry_run: true };
      return await data(api.POST("/api/v1/imports", { body }));
    },
    then: (job) => {
      void client.invalidateQueries({ queryKey: ["jobs"] });
      onJob(job.id);
    },
  });
  const keep = useAct({
    quiet: true,
    // Under another name it is another mapping, and new.
    run: async (on: Mapping | undefined) => {
      const body = { ...withParts(mapping), name: name.trim() };
      if (on?.name === body.name && on.revision) body.revision = on.revision;
      else delete body.revision;
      return await data(api.PUT("/api/v1/mappings/{name}", { params: { path: { name: body.name } }, body }));
    },
    stale: [["mappings"]],
    done: t("import_page.mapping_saved"),
    then: (made) => setMapping((now) => ({ ...now, name: made.name ?? "", revision: made.revision ?? 0 })),
  });
  const use = (chosen: Mapping) => {
    setMapping(chosen);
    setName(chosen.name ?? "");
    keep.reset();
  };
  const target = targets.data?.find((one) => one.name === mapping.target);
  const words = useMappingWords();
  const preset = found.preset && has(`import.preset.${found.preset}`) ? t(`import.preset.${found.preset}`) : undefined;
  const proposals = saved.data?.filter((m) => m.target === mapping.target) ?? [];

  return (
    <>
      <Panel
        title={<Text>{file}</Text>}
        aside={
          <Button size="compact-xs" variant="subtle" onClick={onNew}>
            {t("import_page.other_file")}
          </Button>
        }
      >
        <Stack>
          <Row>
            <Tag>{found.format.toUpperCase()}</Tag>
            {found.encoding ? <Tag>{found.encoding}</Tag> : null}
            <span className="num">{t(found.rows_exact ? "import_page.rows" : "import_page.rows_about", { count: found.rows, n: format.number(found.rows) })}</span>
            {preset ? <Tag tone="good">{t("import_page.preset", { name: preset })}</Tag> : null}
            {found.saved ? <Tag tone="good">{t("import_page.saved_used", { name: found.saved })}</Tag> : null}
          </Row>
          <ProblemNotice error={error} />
          <div className={css.reading}>
            <Select label={t("import_page.target")} w={220} data={targets.data?.map((one) => ({ value: one.name, label: one.title })) ?? []} value={mapping.target} allowDeselect={false} searchable onChange={(value) => onTarget(value ?? "")} />
            {found.encoding ? <Select label={t("import_page.encoding")} w={150} data={[...new Set([found.encoding, ...encodings])]} value={found.encoding} allowDeselect={false} onChange={(value) => onRead({ ...read, encoding: value ?? "" })} /> : null}
            {found.delimiter ? (
              <Select label={t("import_page.delimiter")} w={140} data={[{ value: ",", label: t("import_page.comma") }, { value: "\t", label: t("import_page.tab") }, { value: ";", label: t("import_page.semicolon") }, { value: "|", label: "|" }]} value={found.delimiter} allowDeselect={false} onChange={(value) => onRead({ ...read, delimiter: value ?? "" })} />
            ) : null}
            {list(found.sheets).length > 1 ? <Select label={t("import_page.sheet")} w={180} data={list(found.sheets)} value={found.sheet ?? null} allowDeselect={false} onChange={(value) => onRead({ ...read, sheet: value ?? "" })} /> : null}
            {found.header_line > 0 ? <NumberInput label={t("import_page.header_line")} w={120} size="sm" min={1} value={found.header_line} onBlur={(e) => { const line = Number(e.currentTarget.value); if (line > 0 && line !== found.header_line) onRead({ ...read, header_line: line }); }} /> : null}
            {proposals.length > 0 ? (
              <Select label={t("import_page.use_saved")} w={200} clearable data={proposals.flatMap((m) => m.name ?? [])} value={null} onChange={(value) => { const chosen = proposals.find((m) => m.name === value); if (chosen) use(chosen); }} />
            ) : null}
          </div>
        </Stack>
      </Panel>
      {found.problem && mapping === found.mapping ? <Notice tone="warn">{found.problem.title}</Notice> : null}
      {target ? <Needs target={target} mapping={mapping} onChange={setMapping} /> : targets.error ? <ProblemNotice error={targets.error} /> : null}
      <Panel flush title={t("import_page.columns")} aside={<span className="soft">{busy ? t("state.loading") : t("import_page.columns_text")}</span>}>
        <Sample found={found} target={target} mapping={mapping} onChange={setMapping} />
      </Panel>
      <Panel>
        <Stack>
          <ProblemNotice error={start.error} />
          <Clash error={keep.error} query={mappingsQuery} pick={(all) => all.find((m) => m.name === name.trim())} show={words} onLoad={(theirs) => (theirs ? use(theirs) : keep.reset())} onTop={(theirs) => keep.mutate(theirs)} />
          <div className={css.reading}>
            <TextInput label={t("import_page.source")} description={t("import_page.source_text")} list="import-sources" value={source} onChange={(e) => setSource(e.currentTarget.value)} />
            <datalist id="import-sources">
              {sources.data?.filter((s) => s.kind === "import").map((s) => <option key={s.id} value={s.name} />)}
            </datalist>
            <TextInput label={t("import_page.mapping_name")} description={t("import_page.mapping_name_text")} value={name} onChange={(e) => setName(e.currentTarget.value)} />
            <Button variant="default" disabled={!name.trim()} loading={keep.isPending} onClick={() => keep.mutate(mapping)}>
              {t("import_page.save_mapping")}
            </Button>
          </div>
          <Group justify="flex-end">
            <span className="soft">{t("import_page.try_text")}</span>
            <Button loading={start.isPending} disabled={!source.trim()} onClick={() => start.mutate()}>
              {t("import_page.try")}
            </Button>
          </Group>
        </Stack>
      </Panel>
    </>
  );
}

