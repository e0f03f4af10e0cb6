import { Button, Group, Modal, TextInput, NumberInput, Tabs } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { IconActivity, IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import { api, data, list } from "@/api/client";
import { keysQuery, sourcesQuery } from "@/api/queries";
import type { Key, Source } from "@/api/types";
import { useText } from "@/locale";
import { useMay, useSession } from "@/shell/session";
import { useAct } from "@/ui/act";
import { CodeBlock } from "@/ui/code";
import { Confirm } from "@/ui/confirm";
import { useDraftForm } from "@/ui/form";
import { useFormat } from "@/ui/format";
import { Page, Panel, Row, Stack, Tag, Text } from "@/ui/page";
import { Empty, Loaded, Notice, ProblemNotice } from "@/ui/states";
import { snippets } from "./snippets";
import { Traffic } from "./traffic";
import css from "./sources.module.css";

/** Good for this source of a demo, for as long as it runs. */
const demoKey = "demo-write-key";
const demoSource = "web";

/** Where data come from, with the keys by which they come. */
export default function Sources() {
  const { t } = useText();
  const admin = useMay("admin");
  const { demo } = useSession();
  const sources = useQuery(sourcesQuery);
  const keys = useQuery({ ...keysQuery, enabled: admin });
  const [adding, setAdding] = useState<string | true>();
  const [made, setMade] = useState<string>();
  return (
    <Page
      title={t("place.sources")}
      lead={t("sources.lead")}
      actions={
        admin ? (
          <Button leftSection={<IconPlus size={16} />} onClick={() => setAdding(true)}>
            {t("sources.add")}
          </Button>
        ) : undefined
      }
    >
      <Loaded query={sources}>
        {(all) => {
          const own = all.filter((s) => s.kind !== "system");
          return own.length === 0 ? (
            <Panel>
              <Empty title={t("sources.none")} action={admin ? <Button onClick={() => setAdding(true)}>{t("sources.add")}</Button> : undefined}>
                {t("sources.none_text")}
              </Empty>
            </Panel>
          ) : (
            own.map((source) => <SourcePanel key={source.id} source={source} keys={keys.data?.filter((k) => k.source === source.id && !k.revoked_at) ?? []} admin={admin} onAddKey={() => setAdding(source.name)} />)
          );
        }}
      </Loaded>
      <Panel title={t("sources.set_up")}>
        <p style={{ marginTop: 0 }}>{t("sources.set_up_text")}{demo ? ` ${t("sources.demo_key")}` : ""}</p>
        <SetUp writeKey={demo ? demoKey : t("sources.key_here")} />
      </Panel>
      <Modal opened={!!adding} onClose={() => setAdding(undefined)} title={<strong>{t(adding === true ? "sources.add" : "sources.add_key")}</strong>} closeButtonProps={{ "aria-label": t("action.close") }}>
        {adding ? (
          <AddKey
            source={adding === true ? "" : adding}
            onMade={(secret) => {
              setAdding(undefined);
              setMade(secret);
            }}
          />
        ) : null}
      </Modal>
      <Modal opened={!!made} onClose={() => setMade(undefined)} size="xl" closeOnClickOutside={false} title={<strong>{t("sources.made")}</strong>} closeButtonProps={{ "aria-label": t("action.close") }}>
        {made ? (
          <Stack>
            <Notice tone="warn">{t("sources.made_text")}</Notice>
            <CodeBlock code={made} label={t("sources.key")} />
            <SetUp writeKey={made} />
            <Group justify="flex-end">
              <Button onClick={() => setMade(undefined)}>{t("sources.kept")}</Button>
            </Group>
          </Stack>
        ) : null}
      </Modal>
    </Page>
  );
}

function SourcePanel({ source, keys, admin, onAddKey }: { source: Source; keys: Key[]; admin: boolean; onAddKey: () => void }) {
  const { t, has } = useText();
  const format = useFormat();
  const { demo } = useSession();
  const [revoking, setRevoking] = useState<Key>();
  const revoke = useAct({
    run: (key: Key) => api.DELETE("/api/v1/keys/{id}", { params: { path: { id: key.id } } }),
    stale: [["keys"]],
    done: t("keys.revoked"),
    then: () => setRevoking(undefined),
  });
  const kind = `source_kind.${source.kind}`;
  return (
    <Panel
      title={
        <>
          <Text>{source.name}</Text> <Tag>{has(kind) ? t(kind) : source.kind}</Tag>
        </>
      }
      aside={
        admin && source.kind === "sdk" ? (
          <Button size="compact-xs" variant="default" onClick={onAddKey}>
            {t("sources.add_key")}
          </Button>
        ) : null
      }
    >
      <Traffic source={source} />
      {keys.length === 0 ? (
        <span className="soft">{t(!admin ? "sources.keys_hidden" : source.kind === "import" ? "sources.from_files" : demo && source.name === demoSource ? "sources.demo_key_known" : "sources.no_key")}</span>
      ) : (
        <ul className={css.keys}>
          {keys.map((key) => (
            <li key={key.id}>
              <Text>{key.name}</Text> <span className="mono soft">…{key.hint}</span>
              <span className="soft num">{format.short(key.created_at)}</span>
              {key.rate ? <span className="soft num">{t("sources.rate", { rate: key.rate })}</span> : null}
              <span style={{ flex: 1 }} />
              <Button size="compact-xs" variant="subtle" color="shu" onClick={() => setRevoking(key)}>
                {t("keys.revoke")}
              </Button>
            </li>
          ))}
        </ul>
      )}
      <Confirm opened={!!revoking} title={t("keys.revoke_title")} action={t("keys.revoke")} danger busy={revoke.isPending} onClose={() => setRevoking(undefined)} onConfirm={() => revoking && revoke.mutate(revoking)}>
        <p style={{ margin: 0 }}>{t("sources.revoke_text", { name: revoking?.name ?? "" })}</p>
      </Confirm>
    </Panel>
  );
}

function AddKey({ source, onMade }: { source: string; onMade: (secret: string) => void }) {
  const { t } = useText();
  const form = useDraftForm<{ name: string; source: string; rate: number | string }>({
    initial: { name: source ? "" : t("sources.first_key"), source, rate: "" },
    validate: (v) => ({ source: v.source.trim() ? null : t("form.required"), name: v.name.trim() ? null : t("form.required") }),
  });
  const add = useAct({
    quiet: true,
    run: async () => {
      const body = { name: form.values.name.trim(), source: form.values.source.trim(), rate: Number(form.values.rate) || 0 };
      return list([await data(api.POST("/api/v1/keys", { body }))])[0]?.secret ?? "";
    },
    stale: [["keys"], ["sources"]],
    then: onMade,
  });
  return (
    <form onSubmit={form.onSubmit(() => add.mutate(undefined, { onError: form.refuse }))}>
      <Stack>
        <ProblemNotice error={add.error} except={["name", "source", "rate"]} />
        <TextInput label={t("sources.name")} description={t("sources.name_text")} placeholder="web" disabled={!!source} data-autofocus {...form.getInputProps("source")} />
        <TextInput label={t("sources.key_name")} description={t("sources.key_name_text")} {...form.getInputProps("name")} />
        <NumberInput label={t("sources.rate_label")} description={t("sources.rate_text")} min={0} size="sm" {...form.getInputProps("rate")} />
        <Group justify="flex-end">
          <Button type="submit" loading={add.isPending}>
            {t("sources.add_key")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function SetUp({ writeKey }: { writeKey: string }) {
  const { t } = useText();
  const all = snippets(globalThis.location.origin, writeKey);
  return (
    <Stack>
      <Tabs defaultValue="tag" keepMounted={false}>
        <Tabs.List>
          {all.map((snippet) => (
            <Tabs.Tab key={snippet.id} value={snippet.id}>
              {snippet.name}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {all.map((snippet) => (
          <Tabs.Panel key={snippet.id} value={snippet.id} pt={10}>
            <CodeBlock code={snippet.code} label={snippet.name} />
          </Tabs.Panel>
        ))}
      </Tabs>
      <Row>
        <Button size="xs" variant="light" leftSection={<IconActivity size={15} stroke={1.7} />} renderRoot={(props) => <Link to="/data/live" {...props} />}>
          {t("sources.live")}
        </Button>
        <span className="soft">{t("sources.consent")}</span>
      </Row>
    </Stack>
  );
}
