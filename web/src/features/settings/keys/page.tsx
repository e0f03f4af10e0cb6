import { Button, Checkbox, Group, Modal, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { IconKey, IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import { api, data, list } from "@/api/client";
import { keysQuery } from "@/api/queries";
import { rights } from "@/api/session";
import type { Key } from "@/api/types";
import { useText } from "@/locale";
import { useAct } from "@/ui/act";
import { CodeBlock } from "@/ui/code";
import { Confirm } from "@/ui/confirm";
import { useDraftForm } from "@/ui/form";
import { useFormat } from "@/ui/format";
import { Page, Panel, Stack, Tag, Text } from "@/ui/page";
import { Empty, Notice, ProblemNotice } from "@/ui/states";
import type { Column } from "@/ui/table/columns";
import { useTableState } from "@/ui/table/state";
import { DataTable } from "@/ui/table/table";

/** Keys of programs. */
export default function Keys() {
  const { t, has } = useText();
  const format = useFormat();
  const state = useTableState();
  const keys = useQuery(keysQuery);
  const [adding, setAdding] = useState(false);
  const [made, setMade] = useState<string>();
  const [revoking, setRevoking] = useState<Key>();
  const revoke = useAct({
    run: (key: Key) => api.DELETE("/api/v1/keys/{id}", { params: { path: { id: key.id } } }),
    stale: [["keys"]],
    done: t("keys.revoked"),
    then: () => setRevoking(undefined),
  });
  const right = (name: string) => (has(`right.${name}`) ? t(`right.${name}`) : name);
  const columns: Column<Key>[] = [
    { id: "name", title: t("keys.name"), fixed: true, sortable: true, value: (k) => k.name, cell: (k) => <Text>{k.name}</Text> },
    { id: "hint", title: t("keys.hint"), value: (k) => k.hint, cell: (k) => <span className="mono">…{k.hint}</span> },
    { id: "rights", title: t("keys.rights"), value: (k) => list(k.scopes).map(right).join(", "), cell: (k) => list(k.scopes).map(right).join(t("list.separator")) },
    { id: "state", title: t("users.state"), sortable: true, value: (k) => t(k.revoked_at ? "keys.state_revoked" : "keys.state_valid"), cell: (k) => <Tag tone={k.revoked_at ? "bad" : "good"}>{t(k.revoked_at ? "keys.state_revoked" : "keys.state_valid")}</Tag> },
    { id: "created", title: t("keys.created"), sortable: true, tight: true, value: (k) => k.created_at, cell: (k) => format.short(k.created_at) },
    { id: "by", title: t("keys.by"), sortable: true, value: (k) => k.created_by, cell: (k) => <Text>{k.created_by.replace(/^user:/, "")}</Text> },
    { id: "action", title: t("table.actions"), value: () => undefined, cell: (k) => (k.revoked_at ? null : <Button size="compact-xs" variant="subtle" color="shu" onClick={() => setRevoking(k)}>{t("keys.revoke")}</Button>) },
  ];
  const add = (
    <Button leftSection={<IconPlus size={16} />} onClick={() => setAdding(true)}>
      {t("keys.add")}
    </Button>
  );
  return (
    <Page title={t("place.keys")} lead={t("keys.lead")} actions={add}>
      <Panel flush>
        <DataTable label={t("place.keys")} state={state} columns={columns} rows={keys.data} rowId={(k) => k.id} local error={keys.error} onRetry={() => void keys.refetch()} empty={<Empty title={t("keys.none")} icon={<IconKey size={36} stroke={1.3} />} action={add}>{t("keys.none_text")}</Empty>} />
      </Panel>
      <Panel title={t("keys.use")}>
        <CodeBlock label={t("keys.use")} code={`curl -H "Authorization: Bearer hk_…" "${globalThis.location.origin}/api/v1/customers?q=…"`} />
        <p style={{ marginBottom: 0 }}>
          <a href="/api/openapi.json">{t("keys.description")}</a>
        </p>
      </Panel>
      <Modal opened={adding} onClose={() => setAdding(false)} title={<strong>{t("keys.add")}</strong>} closeButtonProps={{ "aria-label": t("action.close") }}>
        {adding ? <Add onMade={(secret) => { setAdding(false); setMade(secret); }} /> : null}
      </Modal>
      <Modal opened={!!made} onClose={() => setMade(undefined)} closeOnClickOutside={false} title={<strong>{t("keys.made")}</strong>} closeButtonProps={{ "aria-label": t("action.close") }}>
        <Stack>
          <Notice tone="warn">{t("sources.made_text")}</Notice>
          <CodeBlock code={made ?? ""} label={t("keys.made")} />
          <Group justify="flex-end">
            <Button onClick={() => setMade(undefined)}>{t("sources.kept")}</Button>
          </Group>
        </Stack>
      </Modal>
      <Confirm opened={!!revoking} title={t("keys.revoke_title")} action={t("keys.revoke")} danger busy={revoke.isPending} onClose={() => setRevoking(undefined)} onConfirm={() => revoking && revoke.mutate(revoking)}>
        <p style={{ margin: 0 }}>{t("keys.revoke_text", { name: revoking?.name ?? "" })}</p>
      </Confirm>
    </Page>
  );
}

function Add({ onMade }: { onMade: (secret: string) => void }) {
  const { t } = useText();
  const form = useDraftForm<{ name: string; scopes: string[] }>({
    draft: "key",
    initial: { name: "", scopes: [] },
    validate: (v) => ({ name: v.name.trim() ? null : t("form.required"), scopes: v.scopes.length > 0 ? null : t("keys.rights_missing") }),
  });
  const add = useAct({
    quiet: true,
    run: async () => (await data(api.POST("/api/v1/keys", { body: { name: form.values.name.trim(), scopes: form.values.scopes } }))).secret,
    stale: [["keys"]],
    then: (secret) => {
      form.finish();
      onMade(secret);
    },
  });
  return (
    <form onSubmit={form.onSubmit(() => add.mutate(undefined, { onError: form.refuse }))}>
      <Stack>
        <ProblemNotice error={add.error} except={["name", "scopes"]} />
        <TextInput label={t("keys.name")} description={t("keys.name_text")} data-autofocus {...form.getInputProps("name")} />
        <Checkbox.Group label={t("keys.rights")} {...form.getInputProps("scopes")}>
          <div style={{ display: "flex", flexDirection: "column", gap: 6, marginTop: 6 }}>
            {rights.map((right) => (
              <Checkbox key={right} value={right} label={t(`right.${right}`)} />
            ))}
          </div>
        </Checkbox.Group>
        <Group justify="flex-end">
          <Button type="submit" loading={add.isPending}>{t("keys.add")}</Button>
        </Group>
      </Stack>
    </form>
  );
}
