import { Button, PasswordInput, TextInput } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { api, data } from "@/api/client";
import { Problem } from "@/api/problem";
import { sessionQuery } from "@/api/session";
import { useText } from "@/locale";
import { useAct } from "@/ui/act";
import { useDraftForm } from "@/ui/form";
import { Loading, ProblemNotice } from "@/ui/states";
import { Door } from "./door";
import { asksCode } from "./sign-in-form";

/** Signs in with the link that somebody was given once; a new user chooses a password. */
export function LinkEntry({ token, onDone, onBack }: { token: string; onDone: () => void; onBack: () => void }) {
  const { t } = useText();
  const client = useQueryClient();
  const form = useDraftForm({ initial: { password: "", code: "" } });
  const enter = useAct({
    quiet: true,
    run: () => {
      const { password, code } = form.values;
      return data(api.POST("/api/v1/session/link", { body: { token, ...(password ? { password } : {}), ...(code ? { code } : {}) } }));
    },
    then: (session) => {
      client.setQueryData(sessionQuery.queryKey, session);
      onDone();
    },
  });
  const { mutate, error } = enter;
  const begun = useRef(false);
  useEffect(() => {
    if (begun.current) return; // a link is good for one try
    begun.current = true;
    mutate();
  }, [mutate]);

  const problem = error instanceof Problem ? error : undefined;
  const wantsPassword = !!problem && (problem.field === "password" || problem.key.startsWith("password_"));
  const wantsCode = asksCode(error);
  const unreached = !!problem && [0, 429, 503].includes(problem.status);
  const useless = !!problem && !unreached && !wantsPassword && !wantsCode;
  // A link is often followed twice: the browser is then signed in by the first time.
  const { data: session } = useQuery({ ...sessionQuery, enabled: useless });
  return (
    <Door title={t(wantsPassword ? "link.password_title" : useless ? "link.useless" : unreached ? "link.unreached" : "link.title")}>
      {!problem && enter.isPending ? <Loading lines={2} /> : null}
      {problem?.key === "password_needed" || problem?.key === "second_factor_needed" ? null : <ProblemNotice error={error} />}
      {wantsPassword || wantsCode ? (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            mutate();
          }}
        >
          {wantsPassword ? (
            <>
              <p style={{ margin: 0 }}>{problem.args.email ? t("link.password_text", { email: problem.args.email }) : t("link.password_text_plain")}</p>
              <PasswordInput label={t("field.new_password")} description={t("field.password_text")} autoComplete="new-password" required withAsterisk={false} autoFocus visibilityToggleButtonProps={{ "aria-label": t("field.password_show") }} {...form.getInputProps("password")} />
            </>
          ) : (
            <TextInput label={t("sign_in.code")} description={t("sign_in.code_text")} inputMode="numeric" autoComplete="one-time-code" required withAsterisk={false} autoFocus {...form.getInputProps("code")} />
          )}
          <Button type="submit" size="md" loading={enter.isPending}>
            {t("link.action")}
          </Button>
        </form>
      ) : null}
      {unreached ? <Button onClick={() => mutate()}>{t("action.retry")}</Button> : null}
      {useless && session ? (
        <>
          <p style={{ margin: 0 }}>{t("link.signed_in", { name: session.user.name })}</p>
          <Button onClick={onDone}>{t("link.go_on")}</Button>
        </>
      ) : useless ? (
        <Button variant="default" onClick={onBack}>
          {t("link.back")}
        </Button>
      ) : null}
    </Door>
  );
}
