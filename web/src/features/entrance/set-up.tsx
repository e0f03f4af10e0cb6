import { Button, PasswordInput, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { api, data } from "@/api/client";
import { sessionQuery, setupQuery } from "@/api/session";
import { useText } from "@/locale";
import { useAct } from "@/ui/act";
import { useDraftForm } from "@/ui/form";
import { ProblemNotice } from "@/ui/states";
import { Door } from "./door";

/** The first start: who keeps this installation. */
export default function SetUp() {
  const { t, language } = useText();
  const client = useQueryClient();
  const navigate = useNavigate();
  const form = useDraftForm({
    initial: { name: "", email: "", password: "" },
    validate: (v) => ({ password: v.password.length < 10 ? t("field.password_short", { min: 10 }) : null }),
  });
  const act = useAct({
    quiet: true,
    run: () => data(api.POST("/api/v1/setup", { body: { ...form.values, language } })),
    then: (session) => {
      client.setQueryData(setupQuery.queryKey, (old) => (old ? { ...old, needed: false } : old));
      client.setQueryData(sessionQuery.queryKey, session);
      void navigate({ to: "/", replace: true });
    },
  });
  const run = form.onSubmit(() => act.mutate(undefined, { onError: form.refuse }));
  return (
    <Door title={t("set_up.title")}>
      <p style={{ margin: 0 }}>{t("set_up.text")}</p>
      <form onSubmit={run}>
        <ProblemNotice error={act.error} except={["name", "email", "password"]} />
        <TextInput label={t("field.name")} autoComplete="name" required withAsterisk={false} autoFocus {...form.getInputProps("name")} />
        <TextInput label={t("field.email")} type="email" autoComplete="username" required withAsterisk={false} {...form.getInputProps("email")} />
        <PasswordInput label={t("field.password")} description={t("field.password_text")} autoComplete="new-password" required withAsterisk={false} visibilityToggleButtonProps={{ "aria-label": t("field.password_show") }} {...form.getInputProps("password")} />
        <Button type="submit" size="md" loading={act.isPending}>
          {t("set_up.action")}
        </Button>
      </form>
    </Door>
  );
}
