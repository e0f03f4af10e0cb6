import { Button, PasswordInput, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { api, data } from "@/api/client";
import { Problem } from "@/api/problem";
import { sessionQuery, type Session } from "@/api/session";
import { useText } from "@/locale";
import { useAct } from "@/ui/act";
import { useDraftForm } from "@/ui/form";
import { ProblemNotice } from "@/ui/states";

/** Keys of problems that ask for the code of the second factor. */
export const asksCode = (error: unknown): boolean => error instanceof Problem && error.key.startsWith("second_factor_");

/** E-mail, password, and the code of the second factor when it is asked for. */
export function SignInForm({ email = "", onDone }: { email?: string; onDone: (session: Session) => void }) {
  const { t } = useText();
  const client = useQueryClient();
  const form = useDraftForm({ initial: { email, password: "", code: "" } });
  const [second, setSecond] = useState(false);
  const code = useRef<HTMLInputElement>(null);
  const enter = useAct({
    quiet: true,
    run: () => data(api.POST("/api/v1/session", { body: { email: form.values.email.trim(), password: form.values.password, ...(second ? { code: form.values.code.trim() } : {}) } })),
    failed: (error) => {
      if (asksCode(error)) setSecond(true);
    },
    then: (session) => {
      client.setQueryData(sessionQuery.queryKey, session);
      onDone(session);
    },
  });
  const asked = enter.error instanceof Problem && enter.error.key === "second_factor_needed";
  useEffect(() => {
    if (second) code.current?.focus();
  }, [second]);

  return (
    <form
      style={{ display: "flex", flexDirection: "column", gap: 14 }}
      onSubmit={(event) => {
        event.preventDefault();
        enter.mutate();
      }}
    >
      {asked ? null : <ProblemNotice error={enter.error} />}
      {second ? (
        <TextInput ref={code} label={t("sign_in.code")} description={t("sign_in.code_text")} inputMode="numeric" autoComplete="one-time-code" required withAsterisk={false} {...form.getInputProps("code")} />
      ) : (
        <>
          <TextInput label={t("field.email")} type="email" autoComplete="username" required withAsterisk={false} autoFocus={!email} {...form.getInputProps("email")} />
          <PasswordInput label={t("field.password")} autoComplete="current-password" required withAsterisk={false} autoFocus={!!email} visibilityToggleButtonProps={{ "aria-label": t("field.password_show") }} {...form.getInputProps("password")} />
        </>
      )}
      <Button type="submit" size="md" fullWidth loading={enter.isPending}>
        {t("sign_in.action")}
      </Button>
      {second ? (
        <Button variant="subtle" size="xs" onClick={() => { setSecond(false); enter.reset(); form.setFieldValue("code", ""); }}>
          {t("sign_in.other")}
        </Button>
      ) : null}
    </form>
  );
}
