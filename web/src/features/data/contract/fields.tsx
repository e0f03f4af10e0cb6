import { Button, Popover } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams, useSearch } from "@tanstack/react-router";
import { IconArrowLeft } from "@tabler/icons-react";
import { useState } from "react";
import { api, data, list } from "@/api/client";
import { fieldsQuery, type EventType } from "@/api/queries";
import type { Field, Json } from "@/api/types";
import { useText } from "@/locale";
import { useMay } from "@/shell/session";
import { useFormat } from "@/ui/format";
import { Page, Panel, Share, Tag, Text } from "@/ui/page";
import { Empty, Loaded } from "@/ui/states";
import { Filter } from "@/ui/table/filter";
import type { Column } from "@/ui/table/columns";
import { useTableState } from "@/ui/table/state";
import { DataTable } from "@/ui/table/table";
import { useEventTitle } from "../../events";
import { RuleDialog } from "./rule";
import { ruleText } from "./rule-text";

/** The sender's own fields stand before what SDKs add by themselves. */
const own = (field: Field): number => (field.path.startsWith("context") ? 1 : 0);

/** The fields of one kind of event: what they are, how full, how large, who uses them, and the rules. */
export default function Fields() {
  const { t } = useText();
  const format = useFormat();
  const title = useEventTitle();
  const params: { type?: string } = useParams({ strict: false });
  const search: { name?: string } = useSearch({ strict: false });
  const type = (params.type ?? "track") as EventType;
  const name = search.name ?? "";
  const state = useTableState();
  const fields = useQuery(fieldsQuery(type, name));
  const [editing, setEditing] = useState<Field>();
  const mayWrite = useMay("data:write");
  const q = (state.search.q ?? "").toLowerCase();
  const rows = fields.data?.filter((f) => f.path !== "" && (!q || f.path.toLowerCase().includes(q))).sort((a, b) => own(a) - own(b));

  const types = (f: Field) => Object.entries(f.types).filter(([, n]) => n > 0).sort((a, b) => b[1] - a[1]).map(([name]) => name);
  const columns: Column<Field>[] = [
    { id: "path", title: t("contract.field"), fixed: true, sortable: true, value: (f) => f.path, cell: (f) => <span className="mono"><Text>{f.path}</Text></span> },
    {
      id: "types", title: t("contract.types"), value: (f) => types(f).join(" "),
      cell: (f) => <>{types(f).map((x) => <Tag key={x} tone={types(f).length > 1 ? "warn" : "plain"}>{t(`json.${x}`)}</Tag>)}</>,
    },
    { id: "fill", title: t("contract.fill"), sortable: true, value: (f) => f.fill, cell: (f) => <Share value={f.fill} label={format.percent(f.fill)} /> },
    { id: "samples", title: t("contract.samples"), value: () => undefined, cell: (f) => <Samples type={type} name={name} path={f.path} /> },
    { id: "bytes", title: t("contract.bytes"), end: true, sortable: true, value: (f) => f.bytes, cell: (f) => format.bytes(f.bytes) },
    { id: "used", title: t("contract.used_by"), value: (f) => list(f.used_by).join(", "), cell: (f) => (list(f.used_by).length > 0 ? list(f.used_by).join(t("list.separator")) : <span className="soft">{t("contract.unused")}</span>) },
    { id: "last", title: t("contract.last"), optional: true, sortable: true, tight: true, value: (f) => f.last_seen, cell: (f) => format.short(f.last_seen) },
    {
      id: "rule", title: t("contract.rule"), value: (f) => (f.rule ? ruleText(t, f.rule) : undefined),
      cell: (f) => (
        <>
          {f.rule ? <Tag tone="accent">{ruleText(t, f.rule)}</Tag> : f.expected ? <span className="soft">{t("contract.expected", { type: t(`json.${f.expected}`) })}</span> : null}{" "}
          {mayWrite ? (
            <Button size="compact-xs" variant="subtle" onClick={() => setEditing(f)} aria-label={t("rule.edit_of", { path: f.path, action: t(f.rule ? "rule.edit" : "rule.add") })}>
              {t(f.rule ? "rule.edit" : "rule.add")}
            </Button>
          ) : null}
        </>
      ),
    },
  ];
  return (
    <Page
      title={title(type, name)}
      lead={<span className="mono">{name || type}</span>}
      actions={
        <Button variant="subtle" size="compact-sm" leftSection={<IconArrowLeft size={15} />} renderRoot={(props) => <Link to="/data/events" {...props} />}>
          {t("contract.back")}
        </Button>
      }
    >
      <Panel flush>
        <DataTable label={t("contract.fields_of", { event: title(type, name) })} state={state} columns={columns} rows={rows} rowId={(f) => f.path} local error={fields.error} onRetry={() => void fields.refetch()} filters={<Filter state={state} label={t("contract.search_field")} />} empty={<Empty title={t(q ? "table.no_match" : "contract.no_fields")} />} />
      </Panel>
      {editing ? <RuleDialog type={type} name={name} field={editing} onClose={() => setEditing(undefined)} /> : null}
    </Page>
  );
}

function Samples({ type, name, path }: { type: EventType; name: string; path: string }) {
  const { t } = useText();
  const [open, setOpen] = useState(false);
  const allowed = useMay("customers:read");
  const samples = useQuery({
    queryKey: ["contract", "samples", type, name, path],
    enabled: open,
    queryFn: async ({ signal }) => list((await data(api.GET("/api/v1/contract/samples", { params: { query: { type, name, path, limit: 10 } }, signal }))).values) as unknown as Json[],
  });
  if (!allowed) return null;
  return (
    <Popover opened={open} onChange={setOpen} position="bottom-start" shadow="md" width={300} withinPortal>
      <Popover.Target>
        <Button size="compact-xs" variant="subtle" onClick={() => setOpen(!open)} aria-label={t("contract.samples_of", { path })} aria-expanded={open}>
          {t("contract.show")}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={t("contract.samples_of", { path })}>
        <Loaded query={samples} lines={3}>
          {(values) => (values.length === 0 ? <span className="soft">{t("contract.no_samples")}</span> : <ul style={{ margin: 0, paddingLeft: "1.1em" }}>{values.map((v, i) => <li key={i}><Text>{typeof v === "string" ? v : JSON.stringify(v)}</Text></li>)}</ul>)}
        </Loaded>
      </Popover.Dropdown>
    </Popover>
  );
}
