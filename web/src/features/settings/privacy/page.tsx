import { useQuery } from "@tanstack/react-query";
import { erasuresQuery } from "@/api/queries";
import type { Erasure } from "@/api/types";
import { useText } from "@/locale";
import { useFormat } from "@/ui/format";
import { Page, Panel, Tag, Text } from "@/ui/page";
import { Empty } from "@/ui/states";
import type { Column } from "@/ui/table/columns";
import { useTableState } from "@/ui/table/state";
import { DataTable } from "@/ui/table/table";
import { Purposes } from "./purposes";
import { Retention } from "./retention";

/** How long data are kept, what for, and the proofs of deletion. */
export default function Privacy() {
  const { t } = useText();
  return (
    <Page title={t("place.privacy")} lead={t("privacy.lead")}>
      <Panel title={t("privacy.retention")}>
        <Retention />
      </Panel>
      <Panel title={t("privacy.purposes")}>
        <Purposes />
      </Panel>
      <Panel title={t("privacy.erasures")} flush>
        <Erasures />
      </Panel>
    </Page>
  );
}

function Erasures() {
  const { t } = useText();
  const format = useFormat();
  const state = useTableState();
  const erasures = useQuery(erasuresQuery);
  const columns: Column<Erasure>[] = [
    { id: "customer", title: t("customer.id"), fixed: true, value: (e) => e.customer, cell: (e) => <span className="mono">{e.customer}</span> },
    { id: "requested", title: t("erase.requested"), tight: true, sortable: true, value: (e) => e.requested_at, cell: (e) => format.short(e.requested_at) },
    { id: "finished", title: t("erase.finished_at"), tight: true, sortable: true, value: (e) => e.finished_at, cell: (e) => (e.finished_at ? format.short(e.finished_at) : <Tag tone="warn">{t("erase.waiting")}</Tag>) },
    { id: "actor", title: t("erase.by"), sortable: true, value: (e) => e.actor, cell: (e) => <Text>{e.actor.replace(/^user:/, "")}</Text> },
    { id: "reason", title: t("erase.reason"), value: (e) => e.reason, cell: (e) => <Text>{e.reason}</Text> },
    { id: "events", title: t("erase.events"), end: true, value: (e) => e.proof?.events, cell: (e) => (e.proof ? format.number(e.proof.events) : "") },
    { id: "identifiers", title: t("erase.identifiers"), end: true, value: (e) => e.proof?.identifiers, cell: (e) => (e.proof ? format.number(e.proof.identifiers) : "") },
  ];
  return <DataTable label={t("privacy.erasures")} state={state} columns={columns} rows={erasures.data} rowId={(e) => String(e.position)} local free error={erasures.error} onRetry={() => void erasures.refetch()} empty={<Empty title={t("privacy.no_erasures")}>{t("privacy.no_erasures_text")}</Empty>} />;
}
