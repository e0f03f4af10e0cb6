import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { eventKindsQuery } from "@/api/queries";
import type { EventKind } from "@/api/types";
import { useText } from "@/locale";
import { useFormat } from "@/ui/format";
import { Page, Panel, Tag, Text } from "@/ui/page";
import { Empty } from "@/ui/states";
import { Filter } from "@/ui/table/filter";
import type { Column } from "@/ui/table/columns";
import { useTableState } from "@/ui/table/state";
import { DataTable } from "@/ui/table/table";
import { useEventTitle } from "../../events";

/** Every kind of event that has arrived. */
export default function EventKinds() {
  const { t } = useText();
  const format = useFormat();
  const title = useEventTitle();
  const navigate = useNavigate();
  const state = useTableState();
  const kinds = useQuery(eventKindsQuery);
  const q = (state.search.q ?? "").toLowerCase();
  const rows = kinds.data?.filter((k) => !q || `${title(k.type, k.name)} ${k.name ?? ""} ${k.type}`.toLowerCase().includes(q));
  const total = kinds.data?.reduce((sum, k) => sum + k.events, 0) ?? 0;
  const open = (k: EventKind) => void navigate({ to: "/data/events/$type", params: { type: k.type }, search: k.name ? { name: k.name } : {} });
  const columns: Column<EventKind>[] = [
    {
      id: "event", title: t("contract.event"), fixed: true, sortable: true, value: (k) => title(k.type, k.name),
      cell: (k) => (
        <Link to="/data/events/$type" params={{ type: k.type }} search={k.name ? { name: k.name } : {}}>
          <Text>{title(k.type, k.name)}</Text>
        </Link>
      ),
    },
    { id: "name", title: t("contract.name"), sortable: true, value: (k) => k.name ?? k.type, cell: (k) => <span className="mono"><Text>{k.name ?? k.type}</Text></span> },
    { id: "kind", title: t("contract.kind"), sortable: true, value: (k) => t(`kind.${k.kind}`), cell: (k) => t(`kind.${k.kind}`) },
    { id: "events", title: t("contract.events"), end: true, sortable: true, value: (k) => k.events, cell: (k) => format.number(k.events) },
    { id: "share", title: t("contract.share"), end: true, optional: true, sortable: true, value: (k) => k.events / Math.max(total, 1), cell: (k) => format.percent(k.events / Math.max(total, 1), 1) },
    { id: "bytes", title: t("contract.bytes"), end: true, sortable: true, value: (k) => k.bytes, cell: (k) => format.bytes(k.bytes) },
    { id: "last", title: t("contract.last"), sortable: true, tight: true, value: (k) => k.last_seen, cell: (k) => format.short(k.last_seen) },
    { id: "documented", title: t("contract.vocabulary"), sortable: true, value: (k) => (k.documented ? t("value.yes") : t("value.no")), cell: (k) => (k.documented ? <Tag tone="good">{t("contract.documented")}</Tag> : <Tag tone="warn">{t("contract.own")}</Tag>) },
  ];
  return (
    <Page title={t("place.events")} lead={t("contract.lead")}>
      <Panel flush>
        <DataTable
          label={t("place.events")} place="events" state={state} columns={columns} rows={rows} rowId={(k) => `${k.type}/${k.name ?? ""}`} local
          error={kinds.error} onRetry={() => void kinds.refetch()} onOpen={open}
          filters={<Filter state={state} label={t("contract.search")} />}
          empty={
            q ? <Empty title={t("table.no_match")} /> : (
              <Empty title={t("contract.none")} action={<Button renderRoot={(props) => <Link to="/data/sources" {...props} />}>{t("home.step_source_action")}</Button>}>
                {t("contract.none_text")}
              </Empty>
            )
          }
        />
      </Panel>
    </Page>
  );
}
