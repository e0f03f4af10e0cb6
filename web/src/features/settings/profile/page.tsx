import { Button, Group, PasswordInput, Select, SegmentedControl, TextInput } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { api, data, list } from "@/api/client";
import { sessionQuery, type Device, type Session } from "@/api/session";
import { useText } from "@/locale";
import { usePreferences, useSession } from "@/shell/session";
import { useAct } from "@/ui/act";
import { useDraftForm } from "@/ui/form";
import { useFormat } from "@/ui/format";
import { Facts, Page, Panel, Row, Stack, Tag, Text } from "@/ui/page";
import { Loaded, ProblemNotice } from "@/ui/states";
import { SecondFactor } from "./second-factor";
import { deviceName } from "./device";

/** One's own name, look, password, second factor and open sessions. */
export default function Profile() {
  const { t } = useText();
  const session = useSession();
  return (
    <Page title={t("place.profile")} lead={t("profile.lead")} narrow>
      <Myself session={session} />
      <Look session={session} />
      <Panel title={t("profile.password")}>
        <Password session={session} />
      </Panel>
      <Panel title={t("factor.title")}>
        <SecondFactor session={session} />
      </Panel>
      <Panel title={t("profile.sessions")}>
        <Devices />
      </Panel>
    </Page>
  );
}

function Myself({ session }: { session: Session }) {
  const { t } = useText();
  const client = useQueryClient();
  const form = useDraftForm({ initial: { name: session.user.name }, validate: (v) => ({ name: v.name.trim() ? null : t("form.required") }) });
  const save = useAct({
    quiet: true,
    run: () => data(api.PATCH("/api/v1/session", { body: { name: form.values.name.trim() } })),
    done: t("action.saved"),
    then: (next) => client.setQueryData(sessionQuery.queryKey, next),
  });
  return (
    <Panel title={t("profile.myself")}>
      <form onSubmit={form.onSubmit(() => save.mutate(undefined, { onError: form.refuse }))}>
        <Stack>
          <ProblemNotice error={save.error} except={["name"]} />
          <Facts items={[{ label: t("field.email"), value: <Text>{session.user.email}</Text> }, { label: t("users.role"), value: t(`role.${session.user.role}`) }]} />
          <Group align="end">
            <TextInput label={t("field.name")} autoComplete="name" maxLength={100} style={{ flex: "1 1 220px", maxWidth: 340 }} {...form.getInputProps("name")} />
            <Button type="submit" variant="default" loading={save.isPending}>
              {t("action.save")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Panel>
  );
}

function Look({ session }: { session: Session }) {
  const { t, language } = useText();
  const preferences = usePreferences();
  return (
    <Panel title={t("profile.look")}>
      <Group align="end" gap="lg">
        <Select label={t("profile.language")} w={200} allowDeselect={false} data={[{ value: "ja", label: "日本語" }, { value: "en", label: "English" }]} value={language} onChange={(value) => preferences.language(value === "en" ? "en" : "ja")} />
        <div>
          <div id="theme" style={{ fontWeight: 500, fontSize: "0.8125rem", marginBottom: 2 }}>
            {t("theme.title")}
          </div>
          <SegmentedControl aria-labelledby="theme" size="sm" value={session.user.theme} data={(["system", "light", "dark"] as const).map((value) => ({ value, label: t(`theme.${value}`) }))} onChange={(value) => preferences.theme(value)} />
        </div>
      </Group>
    </Panel>
  );
}

function Password({ session }: { session: Session }) {
  const { t } = useText();
  const has = session.user.password;
  const form = useDraftForm({
    initial: { current: "", new: "" },
    validate: (v) => ({ new: v.new.length < 10 ? t("field.password_short", { min: 10 }) : null }),
  });
  const change = useAct({
    quiet: true,
    run: () => api.PATCH("/api/v1/session", { body: { password: { current: form.values.current, new: form.values.new } } }),
    stale: [["sessions"], ["session"]],
    done: t("profile.password_changed"),
    then: () => form.reset(),
  });
  const toggle = { "aria-label": t("field.password_show") };
  return (
    <form onSubmit={form.onSubmit(() => change.mutate())}>
      <Stack>
        <ProblemNotice error={change.error} />
        <input type="email" hidden readOnly autoComplete="username" value={session.user.email} />
        <Group align="start">
          {has ? <PasswordInput label={t("profile.password_current")} style={{ flex: "1 1 220px", maxWidth: 300 }} autoComplete="current-password" required withAsterisk={false} visibilityToggleButtonProps={toggle} {...form.getInputProps("current")} /> : null}
          <PasswordInput label={t("field.new_password")} style={{ flex: "1 1 220px", maxWidth: 300 }} autoComplete="new-password" required withAsterisk={false} visibilityToggleButtonProps={toggle} {...form.getInputProps("new")} />
        </Group>
        <Row>
          <Button type="submit" variant="default" loading={change.isPending}>
            {t("profile.password_change")}
          </Button>
          <span className="soft">{t("profile.password_text")}</span>
        </Row>
      </Stack>
    </form>
  );
}

function Devices() {
  const { t } = useText();
  const format = useFormat();
  const devices = useQuery({ queryKey: ["sessions"], queryFn: async ({ signal }) => list((await data(api.GET("/api/v1/sessions", { signal }))).sessions) });
  const end = useAct({ run: (device: Device) => api.DELETE("/api/v1/sessions/{id}", { params: { path: { id: device.id } } }), stale: [["sessions"]], done: t("profile.session_ended") });
  return (
    <Loaded query={devices}>
      {(all) => (
        <ul style={{ listStyle: "none", margin: 0, padding: 0 }}>
          {all.map((device) => (
            <li key={device.id} style={{ padding: "7px 0", borderBottom: "1px solid var(--line)" }}>
              <Row>
                <span style={{ flex: 1 }}>
                  <span title={device.agent}>{deviceName(device.agent) || t("profile.unknown_device")}</span> {device.current ? <Tag tone="accent">{t("profile.this_session")}</Tag> : null}
                  <br />
                  <span className="soft num" style={{ fontSize: "0.78rem" }}>
                    {device.address} · {t("profile.seen", { time: format.relative(device.seen_at) })} · {t("profile.since", { time: format.short(device.created_at) })}
                  </span>
                </span>
                {device.current ? null : (
                  <Button size="compact-xs" variant="default" loading={end.isPending && end.variables.id === device.id} onClick={() => end.mutate(device)}>
                    {t("profile.end_session")}
                  </Button>
                )}
              </Row>
            </li>
          ))}
        </ul>
      )}
    </Loaded>
  );
}

