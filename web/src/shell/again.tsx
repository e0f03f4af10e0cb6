import { Modal } from "@mantine/core";
import { useSyncExternalStore } from "react";
import { onSignedOut } from "@/api/client";
import { SignInForm } from "@/features/entrance/sign-in-form";
import { useText } from "@/locale";
import { useSession } from "./session";

let over = false;
const listeners = new Set<() => void>();

function set(value: boolean): void {
  over = value;
  for (const listener of listeners) listener();
}

onSignedOut(() => set(true));

/** Asks to sign in again where one is, so that nothing typed is lost. */
export function SignInAgain() {
  const { t } = useText();
  const { user } = useSession();
  const opened = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => over,
  );
  return (
    <Modal opened={opened} onClose={() => undefined} withCloseButton={false} closeOnEscape={false} title={<strong>{t("session.over")}</strong>}>
      <p style={{ marginTop: 0 }}>{t("session.over_text")}</p>
      <SignInForm email={user.email} onDone={() => set(false)} />
    </Modal>
  );
}
