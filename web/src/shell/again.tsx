import { Modal } from "@mantine/core";
import { useEffect, useState } from "react";
import { onSignedOut } from "@/api/client";
import { SignInForm } from "@/features/entrance/sign-in-form";
import { useText } from "@/locale";
import { useSession } from "./session";

/** Asks to sign in again where one is, so that nothing typed is lost. */
export function SignInAgain() {
  const { t } = useText();
  const { user } = useSession();
  const [over, setOver] = useState(false);
  // Only while somebody is signed in: who never was is sent to the page of sign-in.
  useEffect(() => onSignedOut(() => setOver(true)), []);
  return (
    <Modal opened={over} onClose={() => undefined} withCloseButton={false} closeOnEscape={false} title={<strong>{t("session.over")}</strong>}>
      <p style={{ marginTop: 0 }}>{t("session.over_text")}</p>
      <SignInForm email={user.email} onDone={() => setOver(false)} />
    </Modal>
  );
}
