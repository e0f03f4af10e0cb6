import { Button, Group, NumberInput, Select, TagsInput, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { api, list } from "@/api/client";
import { erasuresQuery, eventKindsQuery, purposesQuery, retentionQuery } from "@/api/queries";
import { useText } from "@/locale";
import { useMay } from "@/shell/session";
import { useAct } from "@/ui/act";
import { useDraftForm } from "@/ui/form";
import { useFormat } from "@/ui/format";
import { Page, Panel, Row, Stack, Tag, Text } from "@/ui/page";
import { Empty, Loaded, ProblemNotice } from "@/ui/states";
import type { Column } from "@/ui/table/columns";
import { useTableState } from "@/ui/table/state";
import { DataTable } from "@/ui/table/table";
import type { Erasure } from "@/api/types";
import { useEventTitle } from "../../events";

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

function Retention() {
  const { t } = useText();
  const format = useFormat();
  const title = useEventTitle();
  const admin = useMay("admin");
  const rules = useQuery(retentionQuery);
  const kinds = useQuery(eventKindsQuery);
  const form = useDraftForm<{ event: string; days: number | string }>({ initial: { event: "*", days: 730 } });
  const set = useAct({
    quiet: true,
    run: ({ event, days }: { event: string; days: number }) => api.PUT("/api/v1/retention/{event}", { params: { path: { event } }, body: { days } }),
    stale: [["retention"]],
    done: t("action.saved"),
  });
  const name = (event: string) => (event === "*" ? t("privacy.every_event") : title("track", event));
  const options = [{ value: "*", label: t("privacy.every_event") }, ...(kinds.data ?? []).flatMap((k) => (k.name ? [{ value: k.name, label: title("track", k.name) }] : []))];
  return (
    <Stack>
      <p style={{ margin: 0 }} className="soft">
        {t("privacy.retention_text")}
      </p>
      <Loaded query={rules} lines={2}>
        {(all) => (
          <ul style={{ listStyle: "none", padding: 0, margin: 0 }}>
            {all.length === 0 ? <li>{t("privacy.keep_all")}</li> : null}
            {all.map((rule) => (
              <li key={rule.event}>
                <Row>
                  <span style={{ flex: 1 }}>
                    <Text>{name(rule.event)}</Text> <strong className="num">{t("count.days", { count: rule.days, n: format.number(rule.days) })}</strong>{" "}
                    <span className="soft">
                      {rule.updated_by.replace(/^user:/, "")} · {format.short(rule.updated_at)}
                    </span>
                  </span>
                  {admin ? (
                    <Button size="compact-xs" variant="subtle" onClick={() => set.mutate({ event: rule.event, days: 0 })}>
                      {t("privacy.keep_again")}
                    </Button>
                  ) : null}
                </Row>
              </li>
            ))}
          </ul>
        )}
      </Loaded>
      {admin ? (
        <form onSubmit={form.onSubmit(() => set.mutate({ event: form.values.event, days: Number(form.values.days) || 0 }, { onError: form.refuse }))}>
          <ProblemNotice error={set.error} except={["days"]} />
          <Group align="end">
            <Select label={t("contract.event")} w={260} searchable allowDeselect={false} data={options} {...form.getInputProps("event")} />
            <NumberInput label={t("privacy.days")} size="sm" w={130} min={1} thousandSeparator="," {...form.getInputProps("days")} />
            <Button type="submit" variant="default" loading={set.isPending}>
              {t("privacy.set")}
            </Button>
          </Group>
        </form>
      ) : null}
    </Stack>
  );
}

function Purposes() {
  const { t } = useText();
  const admin = useMay("admin");
  const purposes = useQuery(purposesQuery);
  const form = useDraftForm<{ name: string; title: string; fields: string[] }>({ draft: "purpose", initial: { name: "", title: "", fields: [] }, validate: (v) => ({ name: v.name.trim() ? null : t("form.required"), title: v.title.trim() ? null : t("form.required") }) });
  const stale = [["purposes"]];
  const put = useAct({
    quiet: true,
    run: () => api.PUT("/api/v1/purposes/{name}", { params: { path: { name: form.values.name.trim() } }, body: { title: form.values.title.trim(), fields: form.values.fields } }),
    stale,
    done: t("action.saved"),
    then: () => {
      form.finish();
      form.setValues({ name: "", title: "", fields: [] });
    },
  });
  const remove = useAct({ run: (name: string) => api.DELETE("/api/v1/purposes/{name}", { params: { path: { name } } }), stale, done: t("privacy.purpose_removed") });
  return (
    <Stack>
      <p style={{ margin: 0 }} className="soft">
        {t("privacy.purposes_text")}
      </p>
      <Loaded query={purposes} lines={2}>
        {(all) => (
          <ul style={{ listStyle: "none", padding: 0, margin: 0 }}>
            {all.length === 0 ? <li className="soft">{t("privacy.no_purposes")}</li> : null}
            {all.map((purpose) => (
              <li key={purpose.name}>
                <Row>
                  <span style={{ flex: 1 }}>
                    <Text>{purpose.title}</Text> <span className="mono soft">{purpose.name}</span> {list(purpose.fields).map((field) => <Tag key={field}>{field}</Tag>)}
                  </span>
                  {admin ? (
                    <Button size="compact-xs" variant="subtle" color="shu" onClick={() => remove.mutate(purpose.name)}>
                      {t("action.remove")}
                    </Button>
                  ) : null}
                </Row>
              </li>
            ))}
          </ul>
        )}
      </Loaded>
      {admin ? (
        <form onSubmit={form.onSubmit(() => put.mutate(undefined, { onError: form.refuse }))}>
          <ProblemNotice error={put.error} except={["name", "title"]} />
          <Group align="start">
            <TextInput label={t("privacy.purpose_name")} placeholder="marketing" w={160} {...form.getInputProps("name")} />
            <TextInput label={t("privacy.purpose_title")} style={{ flex: "1 1 220px" }} {...form.getInputProps("title")} />
            <TagsInput label={t("privacy.purpose_fields")} size="sm" placeholder="traits.email" style={{ flex: "1 1 220px" }} {...form.getInputProps("fields")} />
            <Button type="submit" variant="default" mt={24} loading={put.isPending}>
              {t("privacy.add_purpose")}
            </Button>
          </Group>
        </form>
      ) : null}
    </Stack>
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
