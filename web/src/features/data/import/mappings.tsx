import { Button, Group, Modal, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, data, list } from "@/api/client";
import { mappingsQuery, targetsQuery } from "@/api/queries";
import type { Mapping } from "@/api/types";
import { useText } from "@/locale";
import { useMay } from "@/shell/session";
import { useAct } from "@/ui/act";
import { Clash } from "@/ui/clash";
import { Confirm } from "@/ui/confirm";
import { useDraftForm } from "@/ui/form";
import { Panel, Row, Stack, Tag, Text } from "@/ui/page";
import css from "./import.module.css";

const stale = [mappingsQuery.queryKey];

/** What becomes of the columns, in words: 会員番号 → 会員ID, …; fields go by the titles of their kind of file. */
export function useMappingWords(): (mapping: Mapping) => string {
  const { t } = useText();
  const targets = useQuery(targetsQuery);
  return (mapping) => {
    const fields = list(targets.data?.find((one) => one.name === mapping.target)?.fields);
    const title = (field: string) => fields.find((one) => one.name === field)?.title ?? field;
    return list(mapping.columns).flatMap((c) => (c.field ? `${c.column} → ${title(c.field)}` : [])).join(t("list.separator"));
  };
}

/** The mappings that were saved, to be renamed and removed. */
export function SavedMappings() {
  const { t } = useText();
  const allowed = useMay("data:write");
  const saved = useQuery(mappingsQuery);
  const targets = useQuery(targetsQuery);
  const words = useMappingWords();
  const [renaming, setRenaming] = useState<Mapping>();
  const [removing, setRemoving] = useState<Mapping>();
  const remove = useAct({
    quiet: true,
    run: ({ name = "", revision = 0 }: Mapping) => api.DELETE("/api/v1/mappings/{name}", { params: { path: { name }, query: { version: revision } } }),
    stale,
    done: t("mappings.removed"),
    then: () => setRemoving(undefined),
  });
  const close = () => {
    setRemoving(undefined);
    remove.reset();
  };
  if (!saved.data || saved.data.length === 0) return null;
  return (
    <Panel title={t("mappings.title")}>
      <p className="soft" style={{ marginTop: 0 }}>
        {t("mappings.text")}
      </p>
      <ul className={css.history}>
        {saved.data.map((mapping) => (
          <li key={mapping.name}>
            <Row>
              <strong>
                <Text>{mapping.name}</Text>
              </strong>
              <Tag>{targets.data?.find((one) => one.name === mapping.target)?.title ?? mapping.target}</Tag>
              {allowed ? (
                <>
                  <Button size="compact-xs" variant="subtle" onClick={() => setRenaming(mapping)} aria-label={t("mappings.rename_of", { name: mapping.name ?? "" })}>
                    {t("mappings.rename")}
                  </Button>
                  <Button size="compact-xs" variant="subtle" color="shu" onClick={() => setRemoving(mapping)} aria-label={t("mappings.remove_of", { name: mapping.name ?? "" })}>
                    {t("action.remove")}
                  </Button>
                </>
              ) : null}
            </Row>
            <small className="soft">
              <Text clamp>{words(mapping)}</Text>
            </small>
          </li>
        ))}
      </ul>
      <Modal opened={!!renaming} onClose={() => setRenaming(undefined)} title={<strong>{t("mappings.rename_title")}</strong>} closeButtonProps={{ "aria-label": t("action.close") }}>
        {renaming ? <Rename mapping={renaming} onDone={() => setRenaming(undefined)} /> : null}
      </Modal>
      <Confirm opened={!!removing} title={t("mappings.remove_title")} action={t("action.remove")} danger busy={remove.isPending} refused={!!remove.error} onClose={close} onConfirm={() => removing && remove.mutate(removing)}>
        <p style={{ margin: 0 }}>{t("mappings.remove_text", { name: removing?.name ?? "" })}</p>
        <Clash error={remove.error} query={mappingsQuery} pick={(all) => all.find((m) => m.name === removing?.name)} show={words} onLoad={close} onTop={(theirs) => theirs && remove.mutate(theirs)} action={t("clash.remove")} />
      </Confirm>
    </Panel>
  );
}

function Rename({ mapping, onDone }: { mapping: Mapping; onDone: () => void }) {
  const { t } = useText();
  const words = useMappingWords();
  const { name: old = "", revision: read = 0 } = mapping;
  const form = useDraftForm({ initial: { name: old }, validate: ({ name }) => ({ name: name.trim() ? null : t("form.required") }) });
  const rename = useAct({
    quiet: true,
    run: (revision: number) => data(api.POST("/api/v1/mappings/{name}/rename", { params: { path: { name: old } }, body: { name: form.values.name.trim(), revision } })),
    stale,
    done: t("mappings.renamed"),
    then: onDone,
  });
  const submit = (revision: number) => rename.mutate(revision, { onError: form.refuse });
  return (
    <form onSubmit={form.onSubmit(() => submit(read))}>
      <Stack>
        <Clash
          error={rename.error} except={["name"]} query={mappingsQuery} pick={(all) => all.find((m) => m.name === old)} show={words}
          onLoad={onDone} onTop={(theirs) => theirs && submit(theirs.revision ?? 0)} action={t("mappings.rename_anyway")}
        />
        <TextInput label={t("import_page.mapping_name")} maxLength={200} data-autofocus {...form.getInputProps("name")} />
        <Group justify="flex-end">
          <Button type="submit" loading={rename.isPending}>
            {t("mappings.rename")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
