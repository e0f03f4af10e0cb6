import { Button } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useText } from "@/locale";
import { useFormat } from "@/ui/format";
import { CodeBlock } from "@/ui/code";
import { Page, Panel, Stack } from "@/ui/page";
import { Notice } from "@/ui/states";

/** A backup of everything, as one file. */
export default function Backup() {
  const { t } = useText();
  const format = useFormat();
  const name = `hitori-${format.isoDay(new Date())}.tar.zst`;
  return (
    <Page title={t("place.backup")} lead={t("backup.lead")} narrow>
      <Panel title={t("backup.download")}>
        <Stack>
          <Notice tone="warn">{t("backup.personal")}</Notice>
          <div>
            <Button component="a" href="/api/v1/system/backup" download={name} leftSection={<IconDownload size={16} />}>
              {t("backup.download")}
            </Button>
          </div>
          <span className="soft">{t("backup.time")}</span>
        </Stack>
      </Panel>
      <Panel title={t("backup.command")}>
        <Stack>
          <CodeBlock label={t("backup.command")} code={`hitori backup ${name}`} />
          <p style={{ margin: 0 }}>{t("backup.restore")}</p>
          <CodeBlock label={t("backup.restore")} code={`hitori restore ${name}`} />
        </Stack>
      </Panel>
    </Page>
  );
}
