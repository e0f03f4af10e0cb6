import { Button, Group, Menu, Modal, Select, TextInput, ActionIcon } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { IconDotsVertical, IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import { api, data, list } from "@/api/client";
import { roles, type Role, type User, type UserLink } from "@/api/session";
import { useText } from "@/locale";
import { useSession } from "@/shell/session";
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

const usersQuery = { queryKey: ["users"], queryFn: async ({ signal }: { signal: AbortSignal }) => list((await data(api.GET("/api/v1/users", { signal }))).users) };
const linkOf = (user: User) => data(api.POST("/api/v1/users/{id}/link", { params: { path: { id: user.id } } }));

interface Change { user: User; to: { role?: Role; disabled?: boolean; second_factor?: boolean; name?: string } }

/** Who may use this installation, as what. */
export default function Users() {
  const { t } = useText();
  const format = useFormat();
  const state = useTableState();
  const me = useSession().user.id;
  const users = useQuery(usersQuery);
  const [adding, setAdding] = useState(false);
  const [editing, setEditing] = useState<User>();
  const [removing, setRemoving] = useState<User>();
  const [link, setLink] = useState<UserLink & { email: string }>();
  const stale = [["users"]];
  const change = useAct({
    run: ({ user, to }: Change) => api.PATCH("/api/v1/users/{id}", { params: { path: { id: user.id } }, body: { ...to, version: user.version } }),
    stale,
    done: t("action.saved"),
  });
  const remove = useAct({
    quiet: true,
    run: (user: User) => api.DELETE("/api/v1/users/{id}", { params: { path: { id: user.id }, query: { version: user.version } } }),
    stale,
    done: t("users.removed"),
    then: () => setRemoving(undefined),
  });
  const makeLink = useAct({ run: linkOf, then: (made, user) => setLink({ ...made, email: user.email }) });

  const columns: Column<User>[] = [
    { id: "name", title: t("field.name"), fixed: true, sortable: true, value: (u) => u.name, cell: (u) => <><Text>{u.name}</Text> {u.id === me ? <Tag tone="accent">{t("users.me")}</Tag> : null}</> },
    { id: "email", title: t("field.email"), sortable: true, value: (u) => u.email, cell: (u) => <Text>{u.email}</Text> },
    { id: "role", title: t("users.role"), sortable: true, value: (u) => t(`role.${u.role}`), cell: (u) => t(`role.${u.role}`) },
    { id: "state", title: t("users.state"), sortable: true, value: (u) => t(stateOf(u)), cell: (u) => <Tag tone={u.disabled ? "bad" : u.invited ? "warn" : "good"}>{t(stateOf(u))}</Tag> },
    { id: "factor", title: t("factor.title"), sortable: true, value: (u) => t(u.second_factor ? "factor.on" : "factor.off"), cell: (u) => (u.second_factor ? <Tag tone="good">{t("factor.on")}</Tag> : <span className="soft">{t("factor.off")}</span>) },
    { id: "seen", title: t("users.signed_in"), sortable: true, tight: true, value: (u) => u.signed_in_at, cell: (u) => (u.signed_in_at ? format.short(u.signed_in_at) : "–") },
    {
      id: "action", title: t("table.actions"), value: () => undefined,
      cell: (u) => (
        <Menu position="bottom-end">
          <Menu.Target>
            <ActionIcon aria-label={t("users.actions_of", { name: u.name || u.email })}>
              <IconDotsVertical size={16} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item onClick={() => setEditing(u)}>{t("users.edit")}</Menu.Item>
            <Menu.Item onClick={() => makeLink.mutate(u)} disabled={u.disabled}>{t(u.invited ? "users.link_invite" : "users.link_password")}</Menu.Item>
            {u.second_factor && u.id !== me ? <Menu.Item onClick={() => change.mutate({ user: u, to: { second_factor: false } })}>{t("users.factor_off")}</Menu.Item> : null}
            {u.id === me ? null : <Menu.Item onClick={() => change.mutate({ user: u, to: { disabled: !u.disabled } })}>{t(u.disabled ? "users.enable" : "users.disable")}</Menu.Item>}
            {u.id === me ? null : <Menu.Item color="shu" onClick={() => setRemoving(u)}>{t("users.remove")}</Menu.Item>}
          </Menu.Dropdown>
        </Menu>
      ),
    },
  ];
  return (
    <Page title={t("place.users")} lead={t("users.lead")} actions={<Button leftSection={<IconPlus size={16} />} onClick={() => setAdding(true)}>{t("users.add")}</Button>}>
      <Panel flush>
        <DataTable label={t("place.users")} state={state} columns={columns} rows={users.data} rowId={(u) => u.id} local error={users.error} onRetry={() => void users.refetch()} empty={<Empty title={t("users.none")} />} />
      </Panel>
      <RolesPanel />
      <Modal opened={adding} onClose={() => setAdding(false)} title={<strong>{t("users.add")}</strong>} closeButtonProps={{ "aria-label": t("action.close") }}>
        {adding ? <Invite onDone={(made) => { setAdding(false); setLink(made); }} /> : null}
      </Modal>
      <Modal opened={!!editing} onClose={() => setEditing(undefined)} title={<strong>{t("users.edit")}</strong>} closeButtonProps={{ "aria-label": t("action.close") }}>
        {editing ? <Edit user={editing} onDone={() => setEditing(undefined)} /> : null}
      </Modal>
      <Modal opened={!!link} onClose={() => setLink(undefined)} size="lg" title={<strong>{t(link?.kind === "password" ? "users.link_password" : "users.link_invite")}</strong>} closeButtonProps={{ "aria-label": t("action.close") }}>
        {link ? (
          <Stack>
            <p style={{ margin: 0 }}>{t("users.link_text", { email: link.email, time: format.moment(link.expires_at) })}</p>
            <CodeBlock code={link.url} label={t("users.link")} />
          </Stack>
        ) : null}
      </Modal>
      <Confirm opened={!!removing} title={t("users.remove_title", { name: removing?.name ?? "" })} action={t("users.remove")} danger busy={remove.isPending} error={remove.error} onClose={() => setRemoving(undefined)} onConfirm={() => removing && remove.mutate(removing)}>
        <p style={{ margin: 0 }}>{t("users.remove_text")}</p>
      </Confirm>
    </Page>
  );
}

const stateOf = (user: User): string => (user.disabled ? "users.state_disabled" : user.invited ? "users.state_invited" : "users.state_active");

function RolesPanel() {
  const { t } = useText();
  return (
    <Panel title={t("users.roles")}>
      <dl style={{ margin: 0, display: "grid", gridTemplateColumns: "max-content 1fr", gap: "4px 18px" }}>
        {roles.map((role) => (
          <div key={role} style={{ display: "contents" }}>
            <dt>{t(`role.${role}`)}</dt>
            <dd className="soft" style={{ margin: 0 }}>{t(`role.${role}_text`)}</dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}

function useRoleOptions() {
  const { t } = useText();
  return roles.map((role) => ({ value: role, label: t(`role.${role}`) }));
}

function Invite({ onDone }: { onDone: (link: UserLink & { email: string }) => void }) {
  const { t, language } = useText();
  const options = useRoleOptions();
  const form = useDraftForm<{ name: string; email: string; role: Role }>({
    draft: "invite",
    initial: { name: "", email: "", role: "marketer" },
    validate: (v) => ({ email: v.email.includes("@") ? null : t("form.email") }),
  });
  const add = useAct({
    quiet: true,
    run: async () => {
      const { name, email, role } = form.values;
      const user = await data(api.POST("/api/v1/users", { body: { email: email.trim(), role, language, ...(name.trim() ? { name: name.trim() } : {}) } }));
      return { ...(await linkOf(user)), email: user.email };
    },
    stale: [["users"]],
    then: (made) => {
      form.finish();
      onDone(made);
    },
  });
  return (
    <form onSubmit={form.onSubmit(() => add.mutate(undefined, { onError: form.refuse }))} noValidate>
      <Stack>
        <ProblemNotice error={add.error} except={["name", "email", "role"]} />
        <TextInput label={t("field.email")} type="email" data-autofocus {...form.getInputProps("email")} />
        <TextInput label={t("field.name")} maxLength={100} {...form.getInputProps("name")} />
        <Select label={t("users.role")} description={t(`role.${form.values.role}_text`)} allowDeselect={false} data={options} {...form.getInputProps("role")} />
        <Group justify="flex-end">
          <Button type="submit" loading={add.isPending}>{t("users.invite")}</Button>
        </Group>
      </Stack>
    </form>
  );
}

function Edit({ user, onDone }: { user: User; onDone: () => void }) {
  const { t } = useText();
  const options = useRoleOptions();
  const form = useDraftForm({ initial: { name: user.name, role: user.role } });
  const save = useAct({
    quiet: true,
    run: () => api.PATCH("/api/v1/users/{id}", { params: { path: { id: user.id } }, body: { name: form.values.name.trim(), role: form.values.role, version: user.version } }),
    stale: [["users"], ["session"]],
    done: t("action.saved"),
    then: onDone,
  });
  return (
    <form onSubmit={form.onSubmit(() => save.mutate(undefined, { onError: form.refuse }))}>
      <Stack>
        <ProblemNotice error={save.error} except={["name", "role"]} />
        {save.error ? <Notice tone="warn">{t("form.conflict_help")}</Notice> : null}
        <TextInput label={t("field.name")} maxLength={100} data-autofocus {...form.getInputProps("name")} />
        <Select label={t("users.role")} description={t(`role.${form.values.role}_text`)} allowDeselect={false} data={options} {...form.getInputProps("role")} />
        <Group justify="flex-end">
          <Button type="submit" loading={save.isPending}>{t("action.save")}</Button>
        </Group>
      </Stack>
    </form>
  );
}
