import { Button, FileButton, Select, Textarea } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { IconFileUpload } from "@tabler/icons-react";
import { useState } from "react";
import { upload } from "@/features/data/import/upload";
import { useKindName } from "@/features/customers/names";
import { useText } from "@/locale";
import { useMay } from "@/shell/session";
import { useAct } from "@/ui/act";
import { useFormat } from "@/ui/format";
import { Panel, Row, Stack } from "@/ui/page";
import { Notice, ProblemNotice } from "@/ui/states";
import { list } from "@/api/client";
import { addUploaded, changeMembers, schemaQuery } from "../queries";
import type { ListChange, Segment } from "../types";
import { linesOf } from "./lines";
import { Mend } from "./mend";
import css from "./lists.module.css";

interface Pasted {
  add?: string[];
  remove?: string[];
}

interface Sent {
  upload: string;
  column?: string;
}

const stale = [["segments"]];

/** Puts people on a list or takes them off: by identifiers that are typed, pasted or in a file. */
export default function Members({ segment }: { segment: Segment }) {
  const { t } = useText();
  const kindName = useKindName();
  const mayUpload = useMay("data:write");
  const schema = useQuery(schemaQuery);
  const [kind, setKind] = useState<string | null>(null);
  const [typed, setTyped] = useState("");
  const [change, setChange] = useState<ListChange>();
  const lines = linesOf(typed);
  const references = (of: string[]) => (kind ? of.map((line) => `${kind}:${line}`) : of);
  const plain = (change: ListChange): ListChange => (kind ? { ...change, examples: list(change.examples).map((one) => one.replace(`${kind}:`, "")) } : change);

  const members = useAct({
    quiet: true,
    run: ({ add, remove }: Pasted) => changeMembers(segment.id, { ...(add ? { add: references(add) } : {}), ...(remove ? { remove: references(remove) } : {}) }),
    stale,
    then: (out) => {
      setTyped("");
      setChange(plain(out));
    },
  });
  const column = useAct({ quiet: true, run: (sent: Sent) => addUploaded(segment.id, { ...sent, ...(kind ? { kind } : {}) }), stale, then: setChange });
  const file = useAct({
    quiet: true,
    run: async (chosen: File) => {
      const sent = { upload: (await upload(chosen, () => undefined, new AbortController().signal)).id };
      await column.mutateAsync(sent);
    },
  });
  const busy = members.isPending || column.isPending || file.isPending;
  const sent = column.variables;

  return (
    <Panel title={t("segments.members")}>
      <Stack>
        <div className={css.columns}>
          <Textarea label={t("segments.members_paste")} description={t("segments.members_paste_text")} autosize minRows={3} maxRows={10} spellCheck={false} value={typed} onChange={(event) => setTyped(event.currentTarget.value)} />
          <Select label={t("segments.members_kind")} description={t("segments.members_kind_text")} placeholder={t("segments.members_guess")} clearable data={(schema.data?.identifiers ?? []).map((one) => ({ value: one.name, label: one.title || kindName(one.name) }))} value={kind} onChange={setKind} />
        </div>
        <Row>
          <Button size="compact-md" disabled={lines.length === 0 || busy} onClick={() => members.mutate({ add: lines })}>
            {lines.length > 0 ? t("segments.add_n", { n: lines.length }) : t("segments.add")}
          </Button>
          <Button size="compact-md" variant="default" disabled={lines.length === 0 || busy} onClick={() => members.mutate({ remove: lines })}>
            {t("segments.take_off")}
          </Button>
          {mayUpload ? (
            <FileButton onChange={(chosen) => chosen && file.mutate(chosen)}>
              {(props) => (
                <Button {...props} size="compact-md" variant="default" leftSection={<IconFileUpload size={16} stroke={1.6} />} loading={file.isPending}>
                  {t("segments.upload")}
                </Button>
              )}
            </FileButton>
          ) : null}
          {mayUpload ? <span className="soft">{t("segments.upload_text")}</span> : null}
        </Row>
        <ProblemNotice error={members.error ?? file.error ?? column.error} />
        {change ? <Outcome change={change} /> : null}
        {change?.columns && change.columns.length > 1 && sent ? (
          <Select maw={320} label={t("segments.upload_column")} data={[...new Set(change.columns)]} value={change.column ?? null} disabled={busy} onChange={(name) => name && column.mutate({ ...sent, column: name })} />
        ) : null}
        {change && list(change.examples).length > 0 ? <Mend key={list(change.examples).join()} change={change} busy={busy} onAdd={(add) => members.mutate({ add })} /> : null}
      </Stack>
    </Panel>
  );
}

/** What was done, and how many are nobody's. */
function Outcome({ change: { added, removed, already, unknown } }: { change: ListChange }) {
  const { t } = useText();
  const format = useFormat();
  const said = [
    added > 0 || removed + already === 0 ? t("segments.added", { n: format.number(added) }) : "",
    removed > 0 ? t("segments.removed", { n: format.number(removed) }) : "",
    already > 0 ? t("segments.already", { n: format.number(already) }) : "",
    unknown > 0 ? t("segments.unknown", { n: format.number(unknown), count: unknown }) : "",
  ];
  return (
    <Notice tone={unknown > 0 ? "warn" : "good"} alert>
      {said.filter(Boolean).join(" ")}
    </Notice>
  );
}
