import { Button } from "@mantine/core";
import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useBlocker } from "@tanstack/react-router";
import { IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import { list } from "@/api/client";
import { asProblem } from "@/api/problem";
import { useText } from "@/locale";
import { useMay } from "@/shell/session";
import { useAct } from "@/ui/act";
import { Clash } from "@/ui/clash";
import { Confirm } from "@/ui/confirm";
import { useFormat } from "@/ui/format";
import { Page, Panel } from "@/ui/page";
import { Loaded, Notice } from "@/ui/states";
import { analysisQuery, type Params } from "../analysis/queries";
import { begin, change as add, redo, undo } from "../segments/model/history";
import { findingsOf, firstOf, four, newGroup, readGroups, scaleNames, sumsOf, writeGroups, type Group, type RFMEntry, type Scales, type Sum } from "./groups";
import { Grid } from "./grid";
import { GroupList } from "./list";
import { rfmQuery, saveRFM } from "./queries";
import { ScaleFields } from "./scales";
import css from "./rfm.module.css";

/** The shop's own groups of customers by RFM, and where grades begin. */
export default function RFMGroupsPage() {
  const { t } = useText();
  const entry = useQuery(rfmQuery);
  return (
    <Page
      title={t("rfm_groups.title")}
      lead={t("rfm_groups.lead")}
      actions={
        <Button variant="default" size="xs" renderRoot={(props) => <Link to="/understand/analyses/rfm" {...props} />}>
          {t("rfm_groups.to_analysis")}
        </Button>
      }
    >
      <Loaded query={entry} lines={10}>
        {(read) => <Editor read={read} />}
      </Loaded>
    </Page>
  );
}

interface Draft {
  groups: Group[];
  scales: Scales;
}

const draftOf = (entry: Pick<RFMEntry, "groups" | "scales">, t: ReturnType<typeof useText>["t"]): Draft => ({ groups: readGroups(entry.groups, t), scales: entry.scales });

/** What to ask the analysis with, for the scales that differ from those in force. */
function paramsOf(entry: RFMEntry, scales: Scales): Params {
  const changed = scaleNames.filter((name) => JSON.stringify([scales[name].method, scales[name].bounds]) !== JSON.stringify([entry.scales[name].method, entry.scales[name].bounds]));
  return Object.fromEntries(
    changed.flatMap((name) => {
      const { method, bounds } = scales[name];
      if (method === "fixed") return list(bounds).length === 4 && inOrder(list(bounds), name === "recency" ? -1 : 1) ? [[name, list(bounds).join()]] : [];
      return entry.cut.month ? [[name, four(name, entry.cut.bounds[name]).join()]] : [];
    }),
  );
}

const inOrder = (bounds: readonly number[], sign: number): boolean => bounds.every((b, i) => i === 0 || (bounds[i - 1] ?? b) * sign <= b * sign);

function Editor({ read: first }: { read: RFMEntry }) {
  const { t } = useText();
  const format = useFormat();
  const locked = !useMay("customers:write");
  const client = useQueryClient();
  // What is edited began with this; what is saved meanwhile by others is told when saving.
  const [read, setRead] = useState(first);
  const [saved, setSaved] = useState<Draft>(() => draftOf(read, t));
  const [history, setHistory] = useState(() => begin(saved));
  const draft = history.present;
  const [chosen, setChosen] = useState(saved.groups[0]?.key);
  const { groups, scales } = draft;
  const change = (next: Partial<Draft>, tag?: string) => setHistory(add(history, { ...draft, ...next }, tag));
  const changeGroup = (key: string, of: Partial<Group>) => change({ groups: groups.map((g) => (g.key === key ? { ...g, ...of } : g)) }, `${key} ${Object.keys(of).join()}`);
  const cells = useQuery({ ...analysisQuery("rfm", paramsOf(read, scales)), placeholderData: keepPreviousData });
  const counted = list(cells.data?.cells);
  const sums = sumsOf(groups, counted);
  const all: Sum = { people: cells.data?.customers ?? 0, spend: cells.data?.spend ?? 0 };
  const dirty = draft !== saved;
  const save = useAct({
    quiet: true,
    run: (version: number) => saveRFM({ groups: writeGroups(groups, t), scales, version }),
    stale: [["analyses"], ["segments"], ["features"]],
    done: t("rfm_groups.saved"),
    then: (now) => {
      client.setQueryData(rfmQuery.queryKey, now);
      start(now, groups.findIndex((g) => g.key === chosen));
    },
  });
  const blocker = useBlocker({ shouldBlockFn: () => dirty, enableBeforeUnload: () => dirty, withResolver: true });
  const faults = Object.fromEntries((save.error ? asProblem(save.error).errors : []).map((fault) => [fault.field, fault.detail]));
  const people = (at: { recency: number; frequency: number }) => format.number(counted.filter((c) => c.recency === at.recency && c.frequency === at.frequency).reduce((n, c) => n + c.people, 0));
  const start = (from: RFMEntry, at = 0) => {
    const next = draftOf(from, t);
    setRead(from);
    setSaved(next);
    setHistory(begin(next));
    setChosen(next.groups[at]?.key);
    save.reset();
  };
  const group = groups.find((g) => g.key === chosen);
  return (
    <form
      className={css.editor}
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate(read.version);
      }}
    >
      {locked ? <Notice>{t("rfm_groups.locked")}</Notice> : null}
      <Clash error={save.error} except={Object.keys(faults)} query={rfmQuery} pick={(now) => now} show={(now) => readGroups(now.groups, t).map((g) => g.title).join(t("list.separator"))} onLoad={(now) => now && start(now)} onTop={(now) => save.mutate(now?.version ?? 0)} />
      <Panel title={t("rfm_groups.groups")} flush>
        <div className={css.columns}>
          <div>
            <GroupList
              groups={groups}
              sums={sums}
              all={all}
              chosen={chosen}
              faults={faults}
              locked={locked}
              onChoose={setChosen}
              onChange={changeGroup}
              onMove={(at, by) => change({ groups: moved(groups, at, by) })}
              onRemove={(key) => change({ groups: groups.filter((g) => g.key !== key) })}
            />
            <div className={css.foot}>
              <Button
                size="xs"
                variant="default"
                leftSection={<IconPlus size={15} />}
                disabled={locked || groups.length >= 25}
                onClick={() => {
                  const added = newGroup();
                  change({ groups: [...groups, added] });
                  setChosen(added.key);
                }}
              >
                {t("rfm_groups.add")}
              </Button>
              <Button size="xs" variant="subtle" disabled={locked} onClick={() => change({ groups: readGroups(read.defaults.groups, t) })}>
                {t("rfm_groups.reset")}
              </Button>
            </div>
          </div>
          <div className={css.side}>
            <p className="soft" style={{ margin: 0, fontSize: "0.8125rem" }}>
              {group && !locked ? t("rfm_groups.paint", { group: group.title || t("rfm_groups.nth", { n: groups.indexOf(group) + 1 }) }) : t("rfm_groups.look")}
            </p>
            <Grid groups={groups} chosen={locked ? undefined : chosen} people={people} onPaint={(recency, frequency) => (chosen ? changeGroup(chosen, { recency, frequency }) : undefined)} />
            <Findings groups={groups} none={sums.at(-1)?.people ?? 0} cells={counted} />
          </div>
        </div>
      </Panel>
      <Panel title={t("rfm_groups.scales")}>
        <p className="soft" style={{ marginTop: 0 }}>
          {t("rfm_groups.scales_text")}
        </p>
        <ScaleFields entry={read} scales={scales} faults={faults} locked={locked} onChange={(name, scale) => change({ scales: { ...scales, [name]: scale } }, name)} />
      </Panel>
      {locked ? null : (
        <div className={css.foot}>
          <Button type="submit" loading={save.isPending} disabled={!dirty}>
            {t("action.save")}
          </Button>
          <Button variant="default" disabled={history.past.length === 0} onClick={() => setHistory(undo(history))}>
            {t("segments.undo")}
          </Button>
          <Button variant="default" disabled={history.future.length === 0} onClick={() => setHistory(redo(history))}>
            {t("segments.redo")}
          </Button>
          <span className="soft">{t("rfm_groups.follows")}</span>
        </div>
      )}
      <Confirm opened={blocker.status === "blocked"} title={t("segments.leave_title")} action={t("segments.leave_action")} danger onConfirm={() => blocker.proceed?.()} onClose={() => blocker.reset?.()}>
        {t("segments.leave_text")}
      </Confirm>
    </form>
  );
}

/** What groups leave open, and where one stands in the way of another. */
function Findings({ groups, none, cells }: { groups: readonly Group[]; none: number; cells: Parameters<typeof sumsOf>[1] }) {
  const { t } = useText();
  const format = useFormat();
  const { gaps, empty } = findingsOf(groups);
  const taken = groups.flatMap((g, i) => {
    const lost = cells.filter((c) => firstOf(groups, c) < i && firstOf([g], c) === 0).reduce((n, c) => n + c.people, 0);
    return lost > 0 && !empty.includes(g) ? [t("rfm_groups.taken", { group: g.title, n: format.number(lost) })] : [];
  });
  return (
    <div aria-live="polite">
      {gaps.length > 0 ? <Notice tone="warn">{t("rfm_groups.gaps", { cells: gaps.map((s) => `R${s.recency}F${s.frequency}`).join(t("list.separator")), n: format.number(none) })}</Notice> : null}
      {empty.length > 0 ? <Notice tone="warn">{t("rfm_groups.covered", { groups: empty.map((g) => g.title || "–").join(t("list.separator")) })}</Notice> : null}
      {taken.length > 0 ? (
        <details>
          <summary>{t("rfm_groups.overlaps", { n: taken.length })}</summary>
          <ul>
            {taken.map((one) => (
              <li key={one}>{one}</li>
            ))}
          </ul>
        </details>
      ) : null}
    </div>
  );
}

function moved(groups: readonly Group[], at: number, by: -1 | 1): Group[] {
  const next = [...groups];
  next.splice(at + by, 0, ...next.splice(at, 1));
  return next;
}
