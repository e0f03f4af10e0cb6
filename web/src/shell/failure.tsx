import { Button } from "@mantine/core";
import { useRouter, type ErrorComponentProps } from "@tanstack/react-router";
import { Link } from "@tanstack/react-router";
import { IconLock, IconMapOff } from "@tabler/icons-react";
import { asProblem } from "@/api/problem";
import type { Right } from "@/api/session";
import { useText } from "@/locale";
import { Page } from "@/ui/page";
import { Empty, Failing } from "@/ui/states";

/** A page that broke: what, and the way on. */
export function PageFailed({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  return (
    <Failing
      error={error}
      onRetry={() => {
        if (asProblem(error).key === "unloaded") { globalThis.location.reload(); return; }
        reset();
        void router.invalidate();
      }}
    />
  );
}

export function PageMissing() {
  const { t } = useText();
  return (
    <Page title={t("missing.title")}>
      <Empty title={t("missing.title")} icon={<IconMapOff size={36} stroke={1.3} />} action={<Button renderRoot={(props) => <Link to="/" {...props} />}>{t("missing.home")}</Button>}>
        {t("missing.text")}
      </Empty>
    </Page>
  );
}

/** A page that this role may not see: why, and who can change that. */
export function PageForbidden({ right, role }: { right: Right; role: string }) {
  const { t } = useText();
  return (
    <Page title={t("forbidden.title")}>
      <Empty title={t("forbidden.needs", { right: t(`right.${right}`) })} icon={<IconLock size={36} stroke={1.3} />} action={<Button variant="default" renderRoot={(props) => <Link to="/" {...props} />}>{t("missing.home")}</Button>}>
        {t("forbidden.text", { role: t(`role.${role}`) })}
      </Empty>
    </Page>
  );
}
