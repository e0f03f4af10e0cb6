import { Skeleton } from "@mantine/core";
import { useText } from "@/locale";
import { Panel } from "@/ui/page";

/** As tall as the numbers will be, so that nothing jumps. */
export function ShopWaiting() {
  const { t } = useText();
  return (
    <Panel>
      <div role="status" aria-busy="true" aria-label={t("state.loading")} style={{ display: "grid", gap: 14 }}>
        <Skeleton height={18} width="46%" />
        <Skeleton height={52} width="70%" />
        <Skeleton height={98} />
        <Skeleton height={340} />
        <Skeleton height={70} width="80%" />
      </div>
    </Panel>
  );
}
