import { Button } from "@mantine/core";
import { IconPlugConnectedX } from "@tabler/icons-react";
import { retryConnection, useConnectionLost } from "@/api/connection";
import { useText } from "@/locale";
import css from "./shell.module.css";

/** Says that the server is not reached; goes away by itself when it is again. */
export function LostBanner() {
  const { t } = useText();
  if (!useConnectionLost()) return null;
  return (
    <div className={css.lost} role="alert">
      <IconPlugConnectedX size={18} aria-hidden />
      <span style={{ flex: 1 }}>{t("connection.lost")}</span>
      <Button size="compact-xs" variant="white" color="shu" onClick={retryConnection}>
        {t("action.retry")}
      </Button>
    </div>
  );
}
