import { Button, Group, Modal, TextInput } from "@mantine/core";
import { useState, type ReactNode } from "react";
import { useText } from "@/locale";
import { ProblemNotice } from "./states";
import css from "./ui.module.css";

interface ConfirmProps {
  opened: boolean;
  title: string;
  /** What will happen, and to how many people. */
  children: ReactNode;
  action: string;
  danger?: boolean;
  /** What must be typed before it can be done. */
  word?: string;
  busy?: boolean;
  /** It cannot be done, for the reason that is shown. */
  refused?: boolean;
  error?: unknown;
  onConfirm: () => void;
  onClose: () => void;
}

/** Asks before something is done that touches people or cannot be taken back. */
export function Confirm(props: ConfirmProps) {
  return (
    <Modal opened={props.opened} onClose={props.onClose} title={<strong>{props.title}</strong>} closeButtonProps={{ "aria-label": useText().t("action.close") }}>
      {props.opened ? <Body {...props} /> : null}
    </Modal>
  );
}

function Body({ children, action, danger, word, busy, refused, error, onConfirm, onClose }: ConfirmProps) {
  const { t } = useText();
  const [typed, setTyped] = useState("");
  const ready = !word || typed.trim() === word;
  return (
    <form
      className={css.stack}
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) onConfirm();
      }}
    >
      <div className={css.stack}>{children}</div>
      {word ? (
        <TextInput label={t("confirm.type", { word })} value={typed} onChange={(e) => setTyped(e.currentTarget.value)} autoComplete="off" data-autofocus />
      ) : null}
      <ProblemNotice error={error} />
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose} {...(word ? {} : { "data-autofocus": true })}>
          {t(refused ? "action.close" : "action.cancel")}
        </Button>
        {refused ? null : (
          <Button type="submit" color={danger ? "shu" : "ai"} disabled={!ready} loading={!!busy}>
            {action}
          </Button>
        )}
      </Group>
    </form>
  );
}
