import { Button, Group, TagsInput, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, list } from "@/api/client";
import { purposesQuery } from "@/api/queries";
import type { Purpose } from "@/api/types";
import { useText } from "@/locale";
import { useMay } from "@/shell/session";
import { useAct } from "@/ui/act";
import { Clash } from "@/ui/clash";
import { useDraftForm } from "@/ui/form";
import { Row, Stack, Tag, Text } from "@/ui/page";
import { Loaded } from "@/ui/states";

const valuesOf = (purpose?: Purpose) => ({ name: purpose?.name ?? "", title: purpose?.title ?? "", fields: list(purpose?.fields) });

/** What personal data are used for. */
export function Purposes() {
  const { t } = useText();
  const admin = useMay("admin");
  const purposes = useQuery(purposesQuery);
  const [editing, setEditing] = useState<Purpose>(); // as it was read
  const form = useDraftForm<ReturnType<typeof valuesOf>>({ draft: "purpose", initial: valuesOf(), validate: (v) => ({ name: v.name.trim() ? null : t("form.required"), title: v.title.trim() ? null : t("form.required") }) });
  const stale = [["purposes"]];
  const edit = (purpose: Purpose | undefined) => {
    setEditing(purpose);
    form.setValues(valuesOf(purpose));
    form.clearErrors();
    form.finish();
    put.reset();
  };
  const put = useAct({
    quiet: true,
    run: (on: Purpose | undefined) =>
      api.PUT("/api/v1/purposes/{name}", { params: { path: { name: form.values.name.trim() } }, body: { title: form.values.title.trim(), fields: form.values.fields, ...(on ? { version: on.version } : {}) } }),
    stale,
    done: t("action.saved"),
    then: () => edit(undefined),
  });
  const remove = useAct({
    quiet: true,
    run: ({ name, version }: Purpose) => api.DELETE("/api/v1/purposes/{name}", { params: { path: { name }, query: { version } } }),
    stale,
    done: t("privacy.purpose_removed"),
  });
  const words = (purpose: Purpose) => [purpose.title, ...list(purpose.fields)].join(t("list.separator"));
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
                    <>
                      <Button size="compact-xs" variant="subtle" onClick={() => edit(purpose)} aria-label={t("privacy.edit_of", { title: purpose.title })}>
                        {t("rule.edit")}
                      </Button>
                      <Button size="compact-xs" variant="subtle" color="shu" onClick={() => remove.mutate(purpose)} aria-label={t("privacy.remove_of", { title: purpose.title })}>
                        {t("action.remove")}
                      </Button>
                    </>
                  ) : null}
                </Row>
              </li>
            ))}
          </ul>
        )}
      </Loaded>
      <Clash error={remove.error} query={purposesQuery} pick={(all) => all.find((p) => p.name === remove.variables?.name)} show={words} onLoad={() => remove.reset()} onTop={(theirs) => theirs && remove.mutate(theirs)} action={t("clash.remove")} />
      {admin ? (
        <form onSubmit={form.onSubmit(() => put.mutate(editing, { onError: form.refuse }))}>
          <Stack>
            <Clash error={put.error} except={["name", "title"]} query={purposesQuery} pick={(all) => all.find((p) => p.name === form.values.name.trim())} show={words} onLoad={edit} onTop={(theirs) => put.mutate(theirs)} />
            <Group align="start">
              <TextInput label={t("privacy.purpose_name")} placeholder="marketing" w={160} readOnly={!!editing} {...form.getInputProps("name")} />
              <TextInput label={t("privacy.purpose_title")} style={{ flex: "1 1 220px" }} {...form.getInputProps("title")} />
              <TagsInput label={t("privacy.purpose_fields")} size="sm" placeholder="traits.email" style={{ flex: "1 1 220px" }} {...form.getInputProps("fields")} />
              <Group mt={24} gap="xs">
                <Button type="submit" variant="default" loading={put.isPending}>
                  {t(editing ? "action.save" : "privacy.add_purpose")}
                </Button>
                {editing ? (
                  <Button variant="subtle" onClick={() => edit(undefined)}>
                    {t("action.cancel")}
                  </Button>
                ) : null}
              </Group>
            </Group>
          </Stack>
        </form>
      ) : null}
    </Stack>
  );
}
