import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { setupQuery } from "@/api/session";
import { useText } from "@/locale";
import { ProblemNotice } from "@/ui/states";
import { Problem } from "@/api/problem";
import { Door } from "./door";
import { LinkEntry } from "./link";
import { SignInForm } from "./sign-in-form";

/** Where to go after signing in: only to a page of this site. */
export function safeTarget(to: string | undefined): string {
  if (!to) return "/";
  try {
    const url = new URL(to, "http://here.invalid");
    return url.origin === "http://here.invalid" && to.startsWith("/") ? url.pathname + url.search : "/";
  } catch {
    return "/";
  }
}

/** The page of sign-in; with "#token=…" that of a link. */
export default function SignIn() {
  const { t, has } = useText();
  const search: { to?: string; error?: string } = useSearch({ strict: false });
  const navigate = useNavigate();
  const setup = useQuery(setupQuery);
  const [token, setToken] = useState(() => new URLSearchParams(globalThis.location.hash.slice(1)).get("token"));
  useEffect(() => {
    // The secret does not stay in the history.
    if (token) history.replaceState(history.state, "", globalThis.location.pathname + globalThis.location.search);
  }, [token]);
  const done = () => void navigate({ href: safeTarget(search.to), replace: true });

  if (token) return <LinkEntry token={token} onDone={done} onBack={() => setToken(null)} />;
  return (
    <Door title={t("sign_in.title")}>
      {search.error ? <ProblemNotice error={new Problem({ title: t(has(`turned_away.${search.error}`) ? `turned_away.${search.error}` : "turned_away.oidc_failed"), status: 401, key: search.error })} /> : null}
      <ProblemNotice error={setup.error} />
      {setup.data?.oidc ? (
        <Button component="a" href={`${setup.data.oidc.start}?return=${encodeURIComponent(safeTarget(search.to))}`} variant="default" size="md" fullWidth>
          {t("sign_in.oidc", { name: setup.data.oidc.name })}
        </Button>
      ) : null}
      <SignInForm onDone={done} />
      {setup.data ? <p className="soft" style={{ margin: 0 }}>{t(setup.data.demo ? "sign_in.help_demo" : "sign_in.help")}</p> : null}
    </Door>
  );
}
