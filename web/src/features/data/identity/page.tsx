import { Button, Tabs } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { api, data, list } from "@/api/client";
import { identityQuery } from "@/api/queries";
import type { Conflict, Identifier } from "@/api/types";
import { useText } from "@/locale";
import { useMay } from "@/shell/session";
import { useAct } from "@/ui/act";
import { Confirm } from "@/ui/confirm";
import { useFormat } from "@/ui/format";
import { Figures, Page, Panel, Tag, Text } from "@/ui/page";
import { Empty, Loaded } from "@/ui/states";
import type { Column } from "@/ui/table/columns";
import { useTableState } from "@/ui/table/state";
import { DataTable } from "@/ui/table/table";
import { useKindName, useWritten } from "../../customers/names";

/** How people are told apart and put together. */
export default function Identity() {
  const { t } = useText();
  const format = useFormat();
  const counts = useQuery(identityQuery);
  const search: { tab?: string } = useSearch({ strict: false });
  const navigate = useNavigate();
  return (
    <Page title={t("place.identity")} lead={t("identity.lead")}>
      <Panel>
        <Loaded query={counts} lines={2}>
          {(c) => (
            <Figures
              items={[
                { label: t("identity.known"), value: format.number(c.known), note: t("identity.known_note") },
                { label: t("identity.visitors"), value: format.number(c.visitors), note: t("identity.visitors_note") },
                { label: t("identity.identifiers"), value: format.number(c.identifiers) },
                { label: t("identity.merged"), value: format.number(c.merges), note: t("identity.merged_note", { profiles: format.number(c.profiles) }) },
                { label: t("identity.refused"), value: format.number(c.conflicts) },
                { label: t("identity.shared"), value: format.number(c.shared_devices) },
                { label: t("identity.junk"), value: format.number(c.junk_identifiers) },
              ]}
            />
          )}
        </Loaded>
      </Panel>
      <Panel flush>
        <Tabs value={search.tab ?? "conflicts"} onChange={(tab) => void navigate({ to: ".", search: tab === "conflicts" ? {} : { tab: tab ?? undefined }, replace: true })} keepMounted={false}>
          <Tabs.List px={8} pt={4}>
            <Tabs.Tab value="conflicts">{t("identity.tab_conflicts")}</Tabs.Tab>
            <Tabs.Tab value="suspects">{t("identity.tab_suspects")}</Tabs.Tab>
          </Tabs.List>
          <Tabs.Panel value="conflicts"><Conflicts /></Tabs.Panel>
          <Tabs.Panel value="suspects"><Suspects /></Tabs.Panel>
        </Tabs>
      </Panel>
    </Page>
  );
}

function Conflicts() {
  const { t, has } = useText();
  const format = useFormat();
  const kindName = useKindName();
  const written = useWritten();
  const navigate = useNavigate();
  const state = useTableState();
  const before = state.cursors.at(-1);
  const conflicts = useQuery({
    queryKey: ["identity", "conflicts", before],
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => data(api.GET("/api/v1/identity/conflicts", { params: { query: { limit: 50, ...(before ? { before: Number(before) } : {}) } }, signal })),
  });
  const reason = (c: Conflict) => (has(`conflict.${c.reason}`) ? t(`conflict.${c.reason}`) : c.reason);
  const columns: Column<Conflict>[] = [
    { id: "reason", title: t("identity.reason"), fixed: true, value: reason, cell: reason },
    { id: "via", title: t("identity.via"), value: (c) => c.via.value, cell: (c) => <><span className="soft">{kindName(c.via.kind)}</span> <Text>{written(c.via)}</Text></> },
    { id: "time", title: t("event.time"), tight: true, value: (c) => c.time, cell: (c) => format.short(c.time) },
    {
      id: "people", title: t("identity.people"), value: (c) => `${c.owner} ${c.claimant ?? ""}`,
      cell: (c) => (
        <>
          <Link to="/customers/$id" params={{ id: c.owner }}>{t("identity.first")}</Link>
          {c.claimant ? <> · <Link to="/customers/$id" params={{ id: c.claimant }}>{t("identity.second")}</Link> · <Link to="/customers/$id" params={{ id: c.owner }} search={{ merge: c.claimant }}>{t("merge.compare")}</Link></> : null}
        </>
      ),
    },
  ];
  return (
    <DataTable
      label={t("identity.tab_conflicts")} state={state} columns={columns} rows={conflicts.data ? list(conflicts.data.conflicts) : undefined} rowId={(c) => `${c.position}/${c.via.kind}/${c.via.value}/${c.owner}/${c.claimant ?? ""}`}
      next={conflicts.data?.next ? String(conflicts.data.next) : undefined} busy={conflicts.isPlaceholderData} error={conflicts.error} onRetry={() => void conflicts.refetch()} free
      onOpen={(c) => void navigate({ to: "/customers/$id", params: { id: c.owner }, search: c.claimant ? { merge: c.claimant } : {} })}
      empty={<Empty title={t("identity.no_conflicts")}>{t("identity.no_conflicts_text")}</Empty>}
    />
  );
}

function Suspects() {
  const { t } = useText();
  const format = useFormat();
  const kindName = useKindName();
  const written = useWritten();
  const state = useTableState();
  const mayWrite = useMay("customers:write");
  const after = state.cursors.at(-1);
  const [trusting, setTrusting] = useState<Identifier>();
  const suspects = useQuery({
    queryKey: ["identity", "suspects", after],
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => data(api.GET("/api/v1/identity/suspects", { params: { query: { limit: 50, ...(after ? { after } : {}) } }, signal })),
  });
  const set = useAct({
    run: (i: Identifier) => api.PUT("/api/v1/identity/identifiers/{identifier}", { params: { path: { identifier: `${i.kind}:${i.value}` } }, body: { state: "trusted" } }),
    stale: [["identity"], ["customers"]],
    done: t("identity.trusted"),
    then: () => setTrusting(undefined),
  });
  const columns: Column<Identifier>[] = [
    { id: "kind", title: t("identity.kind"), fixed: true, value: (i) => kindName(i.kind), cell: (i) => kindName(i.kind) },
    { id: "value", title: t("identity.value"), fixed: true, value: (i) => i.value, cell: (i) => <Text>{written(i)}</Text> },
    { id: "state", title: t("identity.state"), value: (i) => t(`identifier_state.${i.state}`), cell: (i) => <Tag tone="warn">{t(`identifier_state.${i.state}`)}</Tag> },
    { id: "first", title: t("customer.first_seen"), tight: true, value: (i) => i.first_seen, cell: (i) => format.short(i.first_seen) },
    { id: "action", title: t("table.actions"), value: () => undefined, cell: (i) => (mayWrite ? <Button size="compact-xs" variant="default" onClick={() => setTrusting(i)}>{t("identity.trust")}</Button> : null) },
  ];
  return (
    <>
      <DataTable label={t("identity.tab_suspects")} state={state} columns={columns} rows={suspects.data ? list(suspects.data.identifiers) : undefined} rowId={(i) => `${i.kind}:${i.value}`} next={suspects.data?.next} busy={suspects.isPlaceholderData} error={suspects.error} onRetry={() => void suspects.refetch()} free empty={<Empty title={t("identity.no_suspects")}>{t("identity.no_suspects_text")}</Empty>} />
      <Confirm opened={!!trusting} title={t("identity.trust_title")} action={t("identity.trust")} busy={set.isPending} onClose={() => setTrusting(undefined)} onConfirm={() => trusting && set.mutate(trusting)}>
        <p style={{ margin: 0 }}>{t("identity.trust_text", { value: trusting ? written(trusting) : "" })}</p>
      </Confirm>
    </>
  );
}
