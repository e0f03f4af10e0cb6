import { Button } from "@mantine/core";
import { IconUsersPlus } from "@tabler/icons-react";
import { useText } from "@/locale";

/** Leads to a new segment of the people whom a condition means. */
export function SaveAsSegment({ definition }: { definition: unknown }) {
  const { t } = useText();
  return (
    <Button component="a" size="xs" variant="default" leftSection={<IconUsersPlus size={15} stroke={1.6} />} href={`/understand/segments/new?condition=${encodeURIComponent(JSON.stringify(definition))}`}>
      {t("behind.to_segment")}
    </Button>
  );
}
