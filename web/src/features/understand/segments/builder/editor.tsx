import { Button, SegmentedControl, Textarea, TextInput, Tooltip, ActionIcon } from "@mantine/core";
import { useBlocker, useNavigate } from "@tanstack/react-router";
import { IconArrowBackUp, IconArrowForwardUp, IconCode } from "@tabler/icons-react";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useText } from "@/locale";
import { useMay } from "@/shell/session";
import { useAct } from "@/ui/act";
import { Clash, isClash } from "@/ui/clash";
import { Confirm } from "@/ui/confirm";
import { Page, Panel } from "@/ui/page";
import { ProblemNotice } from "@/ui/states";
import { createSegment, saveSegment, segmentQuery } from "../queries";
import { refreshes, type Schema, type Segment } from "../types";
import { toDefinition, unfinished, updatePart, type Group, type Mark } from "../model/form";
import { BuilderContext, type Builder } from "./context";
import { useDraft, type Draft } from "./document";
import { GroupEditor } from "./group";
import { JsonPanel } from "./json";
import { marksOf, useLive } from "./live";
import { LivePanel } from "./live-panel";
import { Starters } from "./starters";
import css from "./builder.module.css";

interface EditorProps {
  schema: Schema;
  /** What is changed; missing for a new one. */
  segment?: Segment;
  first: () => Draft;
  /** Takes what somebody else saved meanwhile. */
  onLoad?: () => void;
}

/** Writes the conditions of a segment, and sees at once who meets them. */
export function Editor({ schema, segment, first, onLoad }: EditorProps) {
  const { t } = useText();
  const navigate = useNavigate();
  const mayWrite = useMay("customers:write");
  const { draft, dirty, edit, undo, redo, keep } = useDraft(first);
  const { form } = draft;
  const live = useLive(form, segment?.id);
  const [fresh, setFresh] = useState<string>();
  const name = useRef<HTMLInputElement>(null);
  const [tried, setTried] = useState(false);
  const [json, setJson] = useState(false);
  const [refused, setRefused] = useState<Map<string, Mark[]>>();
  const [leaving, setLeaving] = useState<string>();
  const lacking = useMemo(() => unfinished(form), [form]);
  const nameless = tried && !draft.name.trim();

  const save = useAct({
    quiet: true,
    run: async (version: number | undefined) => {
      const { definition } = toDefinition(form);
      const kept = { name: draft.name.trim(), description: draft.description.trim(), refresh: draft.refresh, ...(definition ? { condition: definition } : {}) };
      return segment ? saveSegment(segment.id, { ...kept, kind: segment.kind, version: version ?? segment.version }) : createSegment({ ...kept, kind: "rule" });
    },
    stale: [["segments"]],
    done: t("segments.saved"),
    failed: (error) => {
      const marks = marksOf(error, toDefinition(form).places, form.key);
      setRefused(marks.size > 0 ? marks : undefined);
    },
    then: (saved) => {
      keep();
      setLeaving(saved.id);
    },
  });
  const blocker = useBlocker({ shouldBlockFn: () => dirty, enableBeforeUnload: () => dirty, withResolver: true });
  // Only once the draft counts as saved: the guard above would stop it otherwise.
  useEffect(() => {
    if (leaving && !dirty) void navigate({ to: "/understand/segments/$id", params: { id: leaving } });
  }, [leaving, dirty, navigate]);

  const submit = () => {
    setTried(true);
    setRefused(undefined);
    if (lacking.length > 0) setFresh(lacking[0]);
    else if (!draft.name.trim()) name.current?.focus();
    else if (live.asked) save.mutate(undefined);
  };
  useKeys({ s: mayWrite ? submit : undefined, z: undo, Z: redo, y: redo });
  const change = useCallback(
    (next: (form: Group) => Group, tag?: string) => {
      setRefused(undefined);
      edit((before) => withForm(before, next(before.form)), tag);
    },
    [edit],
  );
  const builder: Builder = useMemo(
    () => ({
      schema,
      change,
      marks: refused ?? live.marks,
      lacking: new Set(tried ? lacking : []),
      fresh,
      add: (group, part) => {
        setFresh(part.key);
        change((before) => updatePart(before, group, (one) => ({ ...(one as Group), of: [...(one as Group).of, part] })));
      },
    }),
    [schema, change, refused, live.marks, tried, lacking, fresh],
  );
  const empty = form.of.length === 0;

  return (
    <Page title={segment ? t("segments.edit_title", { name: segment.name }) : t("segments.new_title")} lead={t("segments.builder_lead")} actions={<Tools undo={undo} redo={redo} json={json} onJson={() => setJson(!json)} onSave={mayWrite ? submit : undefined} saving={save.isPending} />}>
      <div className={css.columns}>
        <div className={css.main}>
          {isClash(save.error) && segment ? (
            <Clash error={save.error} query={segmentQuery(segment.id)} pick={(one: Segment) => one} show={(one: Segment) => `${one.name} — ${one.sentence ?? ""}`} onTop={(theirs) => save.mutate(theirs?.version)} {...(onLoad ? { onLoad } : {})} />
          ) : refused ? null : (
            <ProblemNotice error={save.error} />
          )}
          {empty && !segment ? <Starters schema={schema} onPick={(next, title) => edit((before) => ({ ...before, form: next, name: before.name || title }))} /> : null}
          <Panel title={t("segments.conditions")}>
            <BuilderContext value={builder}>
              <GroupEditor group={form} root />
            </BuilderContext>
            {tried && !live.asked ? (
              <p className={css.faults} role="alert">
                {t("segments.nothing")}
              </p>
            ) : null}
          </Panel>
          {json ? <JsonPanel definition={toDefinition(form).definition} onChange={(next) => change(() => next, "json")} /> : null}
          <Panel title={t("segments.about")}>
            <div className={css.fields}>
              <TextInput ref={name} label={t("segments.name")} required maxLength={200} value={draft.name} error={nameless ? t("form.required") : undefined} onChange={(event) => { const typed = event.currentTarget.value; edit((before) => ({ ...before, name: typed }), "name"); }} />
              <Textarea label={t("segments.description")} autosize minRows={2} value={draft.description} onChange={(event) => { const description = event.currentTarget.value; edit((before) => ({ ...before, description }), "description"); }} />
              <div>
                <div className={css.label}>{t("segments.refresh")}</div>
                <SegmentedControl size="xs" aria-label={t("segments.refresh")} data={refreshes.map((one) => ({ value: one, label: t(`segments.refresh_${one}`) }))} value={draft.refresh} onChange={(refresh) => edit((before) => ({ ...before, refresh }))} />
                <p className="soft">{t(`segments.refresh_${draft.refresh}_text`)}</p>
              </div>
            </div>
          </Panel>
        </div>
        <aside className={css.side}>
          <LivePanel live={live} skipped={lacking.length} />
        </aside>
      </div>
      <Confirm opened={blocker.status === "blocked"} title={t("segments.leave_title")} action={t("segments.leave_action")} danger onConfirm={() => blocker.proceed?.()} onClose={() => blocker.reset?.()}>
        {t("segments.leave_text")}
      </Confirm>
    </Page>
  );
}

/** Keys with Ctrl or ⌘, wherever the focus is but in a dialog: what had it may just have been undone. */
function useKeys(acts: Record<string, (() => void) | undefined>): void {
  useEffect(() => {
    const act = (event: KeyboardEvent) => {
      const key = event.shiftKey ? event.key.toUpperCase() : event.key.toLowerCase();
      if (!(event.ctrlKey || event.metaKey) || !(key in acts) || (event.target as Element).closest('[role="dialog"]')) return;
      event.preventDefault();
      acts[key]?.();
    };
    document.addEventListener("keydown", act);
    return () => document.removeEventListener("keydown", act);
  });
}

const withForm = (draft: Draft, form: Group): Draft => (form === draft.form ? draft : { ...draft, form });

interface ToolsProps {
  undo: (() => void) | undefined;
  redo: (() => void) | undefined;
  json: boolean;
  onJson: () => void;
  onSave: (() => void) | undefined;
  saving: boolean;
}

function Tools({ undo, redo, json, onJson, onSave, saving }: ToolsProps) {
  const { t } = useText();
  return (
    <>
      <Tooltip label={`${t("segments.undo")} (Ctrl Z)`}>
        <ActionIcon size={30} aria-label={t("segments.undo")} aria-keyshortcuts="Control+Z Meta+Z" disabled={!undo} onClick={undo}>
          <IconArrowBackUp size={18} />
        </ActionIcon>
      </Tooltip>
      <Tooltip label={`${t("segments.redo")} (Ctrl Y)`}>
        <ActionIcon size={30} aria-label={t("segments.redo")} aria-keyshortcuts="Control+Y Meta+Shift+Z" disabled={!redo} onClick={redo}>
          <IconArrowForwardUp size={18} />
        </ActionIcon>
      </Tooltip>
      <Button variant={json ? "light" : "default"} size="compact-md" leftSection={<IconCode size={16} />} aria-pressed={json} onClick={onJson}>
        JSON
      </Button>
      {onSave ? (
        <Button size="compact-md" loading={saving} aria-keyshortcuts="Control+S Meta+S" onClick={onSave}>
          {t("action.save")}
        </Button>
      ) : null}
    </>
  );
}
