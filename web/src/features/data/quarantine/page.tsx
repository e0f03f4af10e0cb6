import { Button, Drawer } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { IconShieldCheck } from "@tabler/icons-react";
import { useState } from "react";
import { api, data, list } from "@/api/client";
import { heldQuery, quarantineQuery, sourcesQuery, type QuarantineFilter } from "@/api/queries";
import type { QuarantineCount } from "@/api/types";
import { useText } from "@/locale";
import { useMay } from "@/shell/session";
import { useAct } from "@/ui/act";
import { CodeBlock } from "@/ui/code";
import { Confirm } from "@/ui/confirm";
import { useFormat } from "@/ui/format";
import { Page, Panel, Row, Stack, Text } from "@/ui/page";
import { Empty, Loaded } from "@/ui/states";
import type { Column } from "@/ui/table/columns";
import { useTableState } from "@/ui/table/state";
import { DataTable } from "@/ui/table/table";
import { useEventTitle } from "../../events";

const filterOf = (c: QuarantineCount): QuarantineFilter => ({
  source: c.source, code: c.code,
  ...(c.type ? { type: c.type } : {}), ...(c.name ? { name: c.name } : {}), ...(c.field ? { field: c.field } : {}),
});

/** Events that broke the contract: why, and what to do with them. */
export default function Quarantine() {
  const { t } = useText();
  const format = useFormat();
  const title = useEventTitle();
  const state = useTableState();
  const counts = useQuery(quarantineQuery);
  const sources = useQuery(sourcesQuery);
  const mayWrite = useMay("data:write");
  const mayLook = useMay("customers:read");
  const [asked, setAsked] = useState<{ action: "replay" | "discard"; rows: QuarantineCount[] }>();
  const [shown, setShown] = useState<QuarantineCount>();
  const drain = useAct({
    quiet: true,
    run: async ({ action, rows }: { action: "replay" | "discard"; rows: QuarantineCount[] }) => {
      let events = 0;
      for (const row of rows) {
        const body = filterOf(row);
        const answer = await data(action === "replay" ? api.POST("/api/v1/quarantine/replay", { body }) : api.POST("/api/v1/quarantine/discard", { body }));
        events += answer.events;
      }
      return events;
    },
    stale: [["quarantine"], ["contract"]],
    done: (events, { action }) => t(`quarantine.${action}_done`, { count: events, n: format.number(events) }),
    then: () => setAsked(undefined),
  });
  const sourceName = (id: number) => sources.data?.find((s) => s.id === id)?.name ?? String(id);
  const columns: Column<QuarantineCount>[] = [
    { id: "reason", title: t("quarantine.reason"), fixed: true, sortable: true, value: (c) => c.reason, cell: (c) => (mayLook ? <Button variant="transparent" p={0} h="auto" size="sm" onClick={() => setShown(c)}>{c.reason}</Button> : c.reason) },
    { id: "event", title: t("contract.event"), sortable: true, value: (c) => title(c.type ?? "track", c.name), cell: (c) => <Text>{title(c.type ?? "track", c.name)}</Text> },
    { id: "field", title: t("contract.field"), sortable: true, value: (c) => c.field, cell: (c) => <span className="mono"><Text>{c.field}</Text></span> },
    { id: "detail", title: t("quarantine.detail"), value: (c) => c.detail, cell: (c) => <Text clip>{c.detail}</Text> },
    { id: "source", title: t("event.source"), sortable: true, value: (c) => sourceName(c.source), cell: (c) => <Text>{sourceName(c.source)}</Text> },
    { id: "events", title: t("contract.events"), end: true, sortable: true, value: (c) => c.events, cell: (c) => format.number(c.events) },
    { id: "last", title: t("contract.last"), tight: true, sortable: true, value: (c) => c.last_received, cell: (c) => format.short(c.last_received) },
  ];
  const events = asked?.rows.reduce((sum, row) => sum + row.events, 0) ?? 0;
  return (
    <Page title={t("place.quarantine")} lead={t("quarantine.lead")}>
      <Panel flush>
        <DataTable
          label={t("place.quarantine")} state={state} columns={columns} rows={counts.data} local
          rowId={(c) => [c.source, c.type, c.name, c.code, c.field, c.detail].join("/")}
          error={counts.error} onRetry={() => void counts.refetch()} onOpen={mayLook ? setShown : () => undefined}
          actions={(rows) =>
            mayWrite ? (
              <Row>
                <Button size="compact-xs" onClick={() => setAsked({ action: "replay", rows })}>{t("quarantine.replay")}</Button>
                <Button size="compact-xs" variant="light" color="shu" onClick={() => setAsked({ action: "discard", rows })}>{t("quarantine.discard")}</Button>
              </Row>
            ) : null
          }
          empty={<Empty title={t("quarantine.none")} icon={<IconShieldCheck size={36} stroke={1.3} />}>{t("quarantine.none_text")}</Empty>}
        />
      </Panel>
      <Confirm opened={!!asked} title={t(`quarantine.${asked?.action ?? "replay"}_title`)} action={t(`quarantine.${asked?.action ?? "replay"}`)} danger={asked?.action === "discard"} busy={drain.isPending} error={drain.error} onClose={() => setAsked(undefined)} onConfirm={() => asked && drain.mutate(asked)}>
        <p style={{ margin: 0 }}>{t(`quarantine.${asked?.action ?? "replay"}_text`, { count: events, n: format.number(events) })}</p>
      </Confirm>
      <Drawer opened={!!shown} onClose={() => setShown(undefined)} position="right" size="lg" title={<strong>{shown?.reason}</strong>} closeButtonProps={{ "aria-label": t("action.close") }}>
        {shown ? <Held count={shown} /> : null}
      </Drawer>
    </Page>
  );
}

function Held({ count }: { count: QuarantineCount }) {
  const { t } = useText();
  const format = useFormat();
  const held = useQuery(heldQuery(filterOf(count)));
  return (
    <Loaded query={held}>
      {(events) => (
        <Stack>
          <span className="soft">{t("quarantine.examples", { shown: events.length, n: format.number(count.events) })}</span>
          {events.map((event) => (
            <div key={event.position}>
              <Row>
                <strong className="num">{format.moment(event.received_at)}</strong>
                <span className="soft"><Text>{list(event.reasons).join(t("list.separator"))}</Text></span>
              </Row>
              <CodeBlock label={t("quarantine.message")} code={JSON.stringify(event.raw ?? { userId: event.user_id, anonymousId: event.anonymous_id, event: event.name, properties: event.properties, traits: event.traits }, null, 2)} />
            </div>
          ))}
        </Stack>
      )}
    </Loaded>
  );
}
