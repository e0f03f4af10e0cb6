import { Button, Modal } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { api, data, onSignedOut } from "@/api/client";
import { sessionQuery, setupQuery, type Session } from "@/api/session";
import { SignInForm } from "@/features/entrance/sign-in-form";
import { useText } from "@/locale";
import { Stack } from "@/ui/page";
import { useSession } from "./session";

/** Asks to sign in again where one is, so that nothing typed is lost; here, or in another tab. */
export function SignInAgain() {
  const { t } = useText();
  const client = useQueryClient();
  const { user, demo } = useSession();
  const [over, setOver] = useState<string>(); // whose session it was
  // Only while somebody is signed in: who never was is sent to the page of sign-in.
  useEffect(() => onSignedOut(() => setOver(user.id)), [user.id]);
  const { data: setup } = useQuery({ ...setupQuery, enabled: !!over });
  useEffect(() => {
    if (!over) return;
    const back = (session: Session) => {
      if (session.user.id !== over) { globalThis.location.reload(); return; } // what is on the screen is somebody else's
      client.setQueryData(sessionQuery.queryKey, session);
      setOver(undefined);
      void client.invalidateQueries();
    };
    const look = () => void data(api.GET("/api/v1/session")).then(back, () => undefined); // still nobody
    globalThis.addEventListener("focus", look);
    return () => globalThis.removeEventListener("focus", look);
  }, [over, client]);
  return (
    <Modal opened={!!over} onClose={() => undefined} withCloseButton={false} closeOnEscape={false} title={<strong>{t("session.over")}</strong>}>
      <Stack>
        <p style={{ margin: 0 }}>{t("session.over_text")}</p>
        {demo ? <p style={{ margin: 0 }}>{t("session.over_demo")}</p> : null}
        {setup?.oidc ? (
          <Button component="a" target="_blank" rel="noopener" href={`${setup.oidc.start}?return=/`} variant="default">
            {t("session.over_oidc", { name: setup.oidc.name })}
          </Button>
        ) : null}
        <SignInForm email={user.email} onDone={() => globalThis.dispatchEvent(new Event("focus"))} />
      </Stack>
    </Modal>
  );
}
