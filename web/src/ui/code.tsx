import { ActionIcon, CopyButton, Tooltip } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useText } from "@/locale";
import css from "./ui.module.css";

/** Copies a text; says that it did. */
export function Copy({ value, label }: { value: string; label?: string }) {
  const { t } = useText();
  return (
    <CopyButton value={value} timeout={1500}>
      {({ copied, copy }) => {
        const title = copied ? t("action.copied") : (label ?? t("action.copy"));
        return (
          <Tooltip label={title}>
            <ActionIcon onClick={copy} aria-label={title} size={26}>
              {copied ? <IconCheck size={15} /> : <IconCopy size={15} />}
            </ActionIcon>
          </Tooltip>
        );
      }}
    </CopyButton>
  );
}

/** A piece of code to be copied. */
export function CodeBlock({ code, label }: { code: string; label: string }) {
  return (
    <div style={{ position: "relative" }}>
      <pre className={css.code} tabIndex={0} aria-label={label}>
        {code}
      </pre>
      <span className={css.codeCopy}>
        <Copy value={code} />
      </span>
    </div>
  );
}
