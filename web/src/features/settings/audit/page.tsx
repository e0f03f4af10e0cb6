import { TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { api, data, list } from "@/api/client";
import type { AuditEntry } from "@/api/session";
import { useText } from "@/locale";
import { useFormat } from "@/ui/format";
import { Page, Panel, Tag, Text } from "@/ui/page";
import { Empty } from "@/ui/states";
import type { Column } from "@/ui/table/columns";
import { useTableState, type TableState } from "@/ui/table/state";
import { DataTable } from "@/ui/table/table";

interface Filter {
  actor?: string;
  object?: string;
}

const read = (filter: Filter, before: string | undefined, limit: number, signal?: AbortSignal) =>
  data(api.GET("/api/v1/audit", { params: { query: { limit, ...filter, ...(before ? { before } : {}) } }, ...(signal ? { signal } : {}) }));

/** What is typed for somebody, as the log names them: an address is a user's. */
const asActor = (typed: string): string => (typed.includes(":") || !typed.includes("@") ? typed : `user:${typed}`);

/** Every change, and every look at personal data. */
export default function Audit() {
  const { t, has } = useText();
  const format = useFormat();
  const state = useTableState();
  const { actor, object } = state.search;
  const filter: Filter = { ...(actor ? { actor: asActor(actor) } : {}), ...(object ? { object } : {}) };
  const before = state.cursors.at(-1);
  const audit = useQuery({ queryKey: ["audit", filter, before], placeholderData: keepPreviousData, queryFn: ({ signal }) => read(filter, before, 100, signal) });
  const action = (name: string) => (has(`audit.${name}`) ? t(`audit.${name}`) : name);
  const who = (name: string) => (name === "visitor" ? t("audit_page.visitor") : name.startsWith("key:") ? t("audit_page.key", { name: name.slice(4) }) : name.replace(/^user:/, ""));
  const columns: Column<AuditEntry>[] = [
    { id: "time", title: t("event.time"), fixed: true, tight: true, value: (e) => e.time, cell: (e) => format.short(e.time) },
    { id: "actor", title: t("audit_page.actor"), value: (e) => who(e.actor), cell: (e) => <Text>{who(e.actor)}</Text> },
    { id: "action", title: t("audit_page.action"), value: (e) => action(e.action), cell: (e) => <span title={e.action}>{action(e.action)}</span> },
    { id: "object", title: t("audit_page.object"), value: (e) => e.customer ?? e.object, cell: (e) => (e.customer ? <Link to="/customers/$id" params={{ id: e.customer }} className="mono">{e.customer}</Link> : <span className="mono"><Text>{e.object}</Text></span>) },
    { id: "detail", title: t("audit_page.detail"), value: (e) => e.detail, cell: (e) => <Text>{e.detail}</Text> },
    { id: "result", title: t("audit_page.result"), value: (e) => e.result, cell: (e) => <><Tag tone={e.result === "ok" ? "good" : "bad"}>{t(e.result === "ok" ? "audit_page.ok" : "audit_page.refused")}</Tag>{e.result === "ok" ? null : <span className="mono soft"> {e.result}</span>}</> },
    { id: "address", title: t("audit_page.address"), optional: true, value: (e) => e.address, cell: (e) => e.address },
  ];
  async function* all() {
    for (let at: string | undefined, first = true; first || at; first = false) {
      const page: Awaited<ReturnType<typeof read>> = await read(filter, at, 500);
      yield list(page.entries);
      at = page.next;
    }
  }
  return (
    <Page title={t("place.audit")} lead={t("audit_page.lead")}>
      <Panel flush>
        <DataTable
          label={t("place.audit")} place="audit" state={state} columns={columns} rows={audit.data ? list(audit.data.entries) : undefined} rowId={(e) => e.id}
          next={audit.data?.next} busy={audit.isPlaceholderData} error={audit.error} onRetry={() => void audit.refetch()} all={all}
          filterWords={{ actor: { title: t("audit_page.actor") }, object: { title: t("audit_page.object") } }}
          filters={
            <>
              <FilterBox state={state} name="actor" label={t("audit_page.by_actor")} />
              <FilterBox state={state} name="object" label={t("audit_page.by_object")} />
            </>
          }
          empty={<Empty title={t(actor || object ? "table.no_match" : "audit_page.none")} />}
        />
      </Panel>
    </Page>
  );
}

function FilterBox({ state, name, label }: { state: TableState; name: string; label: string }) {
  const [typed, setTyped] = useState(state.search[name] ?? "");
  const tell = useDebouncedCallback((value: string) => state.set({ [name]: value || undefined }), 300);
  return (
    <TextInput
      type="search" w={210} aria-label={label} placeholder={label} value={typed}
      onChange={(event) => {
        setTyped(event.currentTarget.value);
        tell(event.currentTarget.value.trim());
      }}
    />
  );
}
