import { Button, FileButton, Select, Textarea, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { IconFileUpload } from "@tabler/icons-react";
import { useState } from "react";
import { list } from "@/api/client";
import { useKindName } from "@/features/customers/names";
import { useText } from "@/locale";
import { useAct } from "@/ui/act";
import { useFormat } from "@/ui/format";
import { Panel, Row, Stack, Text } from "@/ui/page";
import { Notice, ProblemNotice } from "@/ui/states";
import { changeMembers, schemaQuery, uploadMembers } from "../queries";
import type { Segment } from "../types";
import { guessFileKind, linesOf, reference } from "./guess";
import css from "./lists.module.css";

/** What was done, and whom nobody knows. */
interface Outcome {
  text: string;
  unknown: string[];
  /** How many are unknown, of whom some are shown. */
  count: number;
}

/** Puts people on a list or takes them off: by identifiers that are typed, pasted or in a file. */
export default function Members({ segment }: { segment: Segment }) {
  const { t } = useText();
  const format = useFormat();
  const kindName = useKindName();
  const schema = useQuery(schemaQuery);
  const [kind, setKind] = useState<string | null>(null);
  const [typed, setTyped] = useState("");
  const [outcome, setOutcome] = useState<Outcome>();
  const stale = [["segments"]];
  const lines = linesOf(typed);
  const members = useAct({
    quiet: true,
    run: ({ add, remove }: { add?: string[]; remove?: string[] }) => changeMembers(segment.id, { add: add?.map((line) => reference(line, kind ?? undefined)) ?? [], remove: remove?.map((line) => reference(line, kind ?? undefined)) ?? [] }),
    stale,
    then: (out, { remove }) => {
      const unknown = list(out.unknown);
      setTyped("");
      setOutcome({ text: remove ? t("segments.removed", { n: format.number(out.removed) }) : t("segments.added", { n: format.number(out.added) }), unknown, count: unknown.length });
    },
  });
  const upload = useAct({
    quiet: true,
    run: async (file: File) => uploadMembers(segment.id, kind ?? guessFileKind(await file.slice(0, 65_536).text()), file),
    stale,
    then: (out) => setOutcome({ text: t("segments.uploaded", { added: format.number(out.added), already: format.number(out.already) }), unknown: list(out.examples), count: out.unknown }),
  });
  const busy = members.isPending || upload.isPending;
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
          <FileButton accept=".csv,.tsv,.txt,text/csv,text/plain" onChange={(file) => file && upload.mutate(file)}>
            {(props) => (
              <Button {...props} size="compact-md" variant="default" leftSection={<IconFileUpload size={16} stroke={1.6} />} loading={upload.isPending}>
                {t("segments.upload")}
              </Button>
            )}
          </FileButton>
          <span className="soft">{t("segments.upload_text")}</span>
        </Row>
        <ProblemNotice error={members.error ?? upload.error} />
        {outcome ? (
          <Notice tone={outcome.count > 0 ? "warn" : "good"} alert>
            {outcome.text} {outcome.count > 0 ? t("segments.unknown", { n: format.number(outcome.count), count: outcome.count }) : null}
          </Notice>
        ) : null}
        {outcome && outcome.unknown.length > 0 ? <Mend key={outcome.unknown.join()} outcome={outcome} busy={busy} onAdd={(mended) => members.mutate({ add: mended })} /> : null}
      </Stack>
    </Panel>
  );
}

/** Those whom nobody knows, to be mended and tried again. */
function Mend({ outcome, busy, onAdd }: { outcome: Outcome; busy: boolean; onAdd: (lines: string[]) => void }) {
  const { t } = useText();
  const [values, setValues] = useState(outcome.unknown);
  const mended = values.filter((value, i) => value.trim() && value !== outcome.unknown[i]);
  return (
    <>
      <table className={css.mend}>
        <thead>
          <tr>
            <th scope="col">{t("segments.unknown_value")}</th>
            <th scope="col">{t("segments.unknown_mended")}</th>
          </tr>
        </thead>
        <tbody>
          {outcome.unknown.map((value, i) => (
            <tr key={value}>
              <td>
                <Text>{value}</Text>
              </td>
              <td>
                <TextInput size="xs" aria-label={t("segments.mend_of", { value })} value={values[i] ?? ""} onChange={(event) => setValues(values.map((one, at) => (at === i ? event.currentTarget.value : one)))} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {outcome.count > outcome.unknown.length ? <p className="soft">{t("segments.unknown_part", { shown: outcome.unknown.length })}</p> : null}
      <Row>
        <Button size="compact-md" disabled={mended.length === 0 || busy} onClick={() => onAdd(mended)}>
          {t("segments.mend_add")}
        </Button>
      </Row>
    </>
  );
}
