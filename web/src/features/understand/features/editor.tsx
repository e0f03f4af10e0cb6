import { Button, NativeSelect, SegmentedControl, Textarea, TextInput } from "@mantine/core";
import { useBlocker, useNavigate } from "@tanstack/react-router";
import { useEffect, useMemo, useState } from "react";
import { list } from "@/api/client";
import { asProblem } from "@/api/problem";
import { featuresQuery } from "@/api/queries";
import type { FeatureEntry } from "@/api/types";
import { useText } from "@/locale";
import { useMay } from "@/shell/session";
import { useAct } from "@/ui/act";
import { Clash, isClash } from "@/ui/clash";
import { Confirm } from "@/ui/confirm";
import { useFormat } from "@/ui/format";
import { Page, Panel } from "@/ui/page";
import { Notice, ProblemNotice } from "@/ui/states";
import { BuilderContext, type Builder } from "../segments/builder/context";
import { RuleEditor } from "../segments/builder/rule";
import { overProperty } from "../segments/model/condition";
import { updatePart, type Group, type Mark } from "../segments/model/form";
import type { Schema } from "../segments/types";
import { unitName, unitsOf } from "../units";
import builder from "../segments/builder/builder.module.css";
import { eventMeasure, formOf, lacking, marksIn, orderMeasure, ruleOf, writeMeasure } from "./measure";
import { Users, type Own } from "./own";
import { createFeature, saveFeature } from "./queries";
import { TryPanel, useTry } from "./try";

interface Draft {
  title: string;
  description: string;
  key: string;
  unit: string;
  form: Group;
}

/** What the server found wrong with the measure when it was saved. */
function refusal(error: unknown, form: Group): Map<string, Mark[]> | undefined {
  const faults = error ? asProblem(error).errors : [];
  return faults.length > 0 ? marksIn(faults, writeMeasure(form).places, form) : undefined;
}

interface EditorProps {
  schema: Schema;
  begin: Draft;
  /** What is changed; missing for a new one. */
  feature?: FeatureEntry;
  own?: Own;
  /** Takes what somebody else saved meanwhile. */
  onLoad?: () => void;
}

/** Defines a feature: what is measured, with the cards of the condition builder, and how it is called. */
export function Editor({ schema, begin, feature, own, onLoad }: EditorProps) {
  const { t } = useText();
  const format = useFormat();
  const navigate = useNavigate();
  const mayWrite = useMay("customers:write");
  const [draft, setDraft] = useState(begin);
  const [tried, setTried] = useState(false);
  const [leaving, setLeaving] = useState<string>();
  const [saved, setSaved] = useState(begin);
  const dirty = draft !== saved;
  const { form } = draft;
  const { leaf } = ruleOf(form);
  const numeric = leaf.type === "event" && overProperty(leaf.measure) && leaf.measure !== "distinct_count";
  const unit = numeric ? draft.unit : "";
  const live = useTry(form, unit);
  const set = (changes: Partial<Draft>) => setDraft((before) => ({ ...before, ...changes }));

  const save = useAct({
    quiet: true,
    run: async (version: number | undefined) => {
      const { definition } = writeMeasure(form);
      if (!definition) throw new Error("unfinished"); // the button is not offered then
      const body = { title: draft.title.trim(), description: draft.description.trim(), definition, ...(unit ? { unit } : {}) };
      return feature && own ? saveFeature(feature.name, { ...body, version: version ?? own.version }) : createFeature({ ...body, ...(draft.key.trim() ? { key: draft.key.trim() } : {}) });
    },
    stale: [["features"], ["segments"], ["customers", "features"]],
    done: t("features.saved"),
    then: (made) => {
      setSaved(draft);
      setLeaving(made.name);
    },
  });
  const blocker = useBlocker({ shouldBlockFn: () => dirty, enableBeforeUnload: () => dirty, withResolver: true });
  // Only once the draft counts as saved: the guard above would stop it otherwise.
  useEffect(() => {
    if (leaving && !dirty) void navigate({ to: "/understand/features", search: { name: leaving } });
  }, [leaving, dirty, navigate]);

  const problem = save.error && !isClash(save.error) ? asProblem(save.error) : undefined;
  const at = (field: string) => (problem?.field === field ? problem.message : undefined);
  const refused = useMemo(() => refusal(save.error, form), [save.error, form]);
  const context: Builder = useMemo(() => {
    const change = (next: (form: Group) => Group) => setDraft((before) => ({ ...before, form: next(before.form) }));
    return {
      schema, change, fresh: undefined,
      marks: refused ?? live.marks,
      lacking: new Set(tried ? lacking(form) : []),
      add: (group, part) => change((before) => updatePart(before, group, (one) => ({ ...(one as Group), of: [...(one as Group).of, part] }))),
    };
  }, [schema, form, refused, live.marks, tried]);
  const submit = () => {
    setTried(true);
    if (draft.title.trim() && lacking(form).length === 0) save.mutate(undefined);
  };
  const used = list(own?.used_by);
  return (
    <Page
      title={feature ? t("features.edit_title", { name: feature.title }) : t("features.new_title")}
      lead={t("features.builder_lead")}
      actions={
        mayWrite ? (
          <Button size="compact-md" loading={save.isPending} onClick={submit}>
            {t("action.save")}
          </Button>
        ) : null
      }
    >
      <div className={builder.columns}>
        <div className={builder.main}>
          {isClash(save.error) ? (
            <Clash error={save.error} query={featuresQuery} pick={(all: FeatureEntry[]) => all.find((one) => one.name === feature?.name)} show={(one: FeatureEntry) => `${one.title} — ${one.about}`} onTop={(theirs) => save.mutate(theirs?.own?.version)} {...(onLoad ? { onLoad } : {})} />
          ) : refused ? null : (
            <ProblemNotice error={save.error} except={["title", "key", "unit"]} />
          )}
          {used.length > 0 ? (
            <Notice>
              {t("features.changes", { names: "" })} <Users of={used} />
            </Notice>
          ) : null}
          <Panel
            title={t("features.measure")}
            aside={
              <SegmentedControl
                size="xs"
                aria-label={t("features.measure")}
                data={[{ value: "order", label: t("features.of_order") }, { value: "event", label: t("features.of_event") }]}
                value={leaf.type}
                onChange={(to) => set({ unit: "", form: formOf(to === "order" ? orderMeasure(schema.currency) : eventMeasure()) })}
              />
            }
          >
            <BuilderContext value={context}>
              <RuleEditor key={form.key} rule={ruleOf(form)} bare />
            </BuilderContext>
            {numeric ? (
              <NativeSelect
                size="xs"
                mt={10}
                maw={200}
                label={t("features.unit")}
                error={at("unit")}
                value={unit}
                data={[{ value: "", label: t("features.unit_auto") }, ...unitsOf(schema).map((one) => ({ value: one, label: unitName(one, t, format) }))]}
                onChange={(event) => set({ unit: event.currentTarget.value })}
              />
            ) : null}
          </Panel>
          <Panel title={t("features.about")}>
            <div className={builder.fields}>
              <TextInput label={t("features.name")} placeholder={t("features.name_hint")} required maxLength={100} value={draft.title} error={at("title") ?? (tried && !draft.title.trim() ? t("form.required") : undefined)} onChange={(event) => set({ title: event.currentTarget.value })} />
              <Textarea label={t("features.description")} placeholder={t("features.description_hint")} autosize minRows={2} maxLength={1000} value={draft.description} onChange={(event) => set({ description: event.currentTarget.value })} />
              {own ? (
                <p className="soft">{t("features.key_fixed", { key: `own.${own.key}` })}</p>
              ) : (
                <TextInput label={t("features.key")} description={t("features.key_hint")} maxLength={40} value={draft.key} error={at("key")} onChange={(event) => set({ key: event.currentTarget.value })} />
              )}
            </div>
          </Panel>
        </div>
        <aside className={builder.side} style={{ order: 1 }}>
          <TryPanel live={live} title={draft.title} />
        </aside>
      </div>
      <Confirm opened={blocker.status === "blocked"} title={t("segments.leave_title")} action={t("segments.leave_action")} danger onConfirm={() => blocker.proceed?.()} onClose={() => blocker.reset?.()}>
        {t("segments.leave_text")}
      </Confirm>
    </Page>
  );
}
