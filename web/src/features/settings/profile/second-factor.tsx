import { Button, Group, Modal, PasswordInput, TextInput } from "@mantine/core";
import { lazy, Suspense, useState } from "react";
import { api, data, list } from "@/api/client";
import type { Session } from "@/api/session";
import { useText } from "@/locale";
import { useAct } from "@/ui/act";
import { CodeBlock } from "@/ui/code";
import { Row, Stack, Tag } from "@/ui/page";
import { Loading, Notice, ProblemNotice } from "@/ui/states";

const QRCode = lazy(() => import("./qr-code"));

/** A code from a telephone besides the password. */
export function SecondFactor({ session }: { session: Session }) {
  const { t } = useText();
  const [dialog, setDialog] = useState<"on" | "off">();
  const on = session.user.second_factor;
  const close = () => setDialog(undefined);
  return (
    <Row>
      <span style={{ flex: 1 }}>
        {on ? <Tag tone="good">{t("factor.on")}</Tag> : <Tag>{t("factor.off")}</Tag>} <span className="soft">{t("factor.text")}</span>
      </span>
      {on ? (
        <Button variant="default" onClick={() => setDialog("off")}>
          {t("factor.remove")}
        </Button>
      ) : (
        <Button onClick={() => setDialog("on")}>{t("factor.add")}</Button>
      )}
      <Modal opened={dialog === "on"} onClose={close} closeOnClickOutside={false} title={<strong>{t("factor.add")}</strong>} closeButtonProps={{ "aria-label": t("action.close") }}>
        {dialog === "on" ? <Add onClose={close} /> : null}
      </Modal>
      <Modal opened={dialog === "off"} onClose={close} title={<strong>{t("factor.remove")}</strong>} closeButtonProps={{ "aria-label": t("action.close") }}>
        {dialog === "off" ? <Remove onClose={close} /> : null}
      </Modal>
    </Row>
  );
}

function Add({ onClose }: { onClose: () => void }) {
  const { t } = useText();
  const [code, setCode] = useState("");
  const offer = useAct({ quiet: true, run: () => data(api.POST("/api/v1/session/second-factor")) });
  const confirm = useAct({ quiet: true, run: () => data(api.PUT("/api/v1/session/second-factor", { body: { code: code.trim() } })), stale: [["session"]] });
  if (confirm.data) {
    const codes = list(confirm.data.recovery_codes);
    return (
      <Stack>
        <Notice tone="good">{t("factor.added")}</Notice>
        <p style={{ margin: 0 }}>{t("factor.recovery")}</p>
        <CodeBlock code={codes.join("\n")} label={t("factor.recovery_label")} />
        <Group justify="flex-end">
          <Button onClick={onClose}>{t("factor.kept")}</Button>
        </Group>
      </Stack>
    );
  }
  if (!offer.data) {
    return (
      <Stack>
        <ProblemNotice error={offer.error} />
        <p style={{ margin: 0 }}>{t("factor.begin")}</p>
        <Group justify="flex-end">
          <Button loading={offer.isPending} onClick={() => offer.mutate()} data-autofocus>
            {t("factor.next")}
          </Button>
        </Group>
      </Stack>
    );
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        confirm.mutate();
      }}
    >
      <Stack>
        <p style={{ margin: 0 }}>{t("factor.scan")}</p>
        <Suspense fallback={<Loading lines={3} />}>
          <QRCode text={offer.data.uri} label={t("factor.qr")} />
        </Suspense>
        <span className="soft">{t("factor.by_hand")}</span>
        <CodeBlock code={offer.data.secret} label={t("factor.secret")} />
        <ProblemNotice error={confirm.error} />
        <TextInput label={t("sign_in.code")} inputMode="numeric" autoComplete="one-time-code" value={code} onChange={(e) => setCode(e.currentTarget.value)} required withAsterisk={false} data-autofocus />
        <Group justify="flex-end">
          <Button type="submit" loading={confirm.isPending}>
            {t("factor.confirm")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function Remove({ onClose }: { onClose: () => void }) {
  const { t } = useText();
  const [password, setPassword] = useState("");
  const remove = useAct({ quiet: true, run: () => api.DELETE("/api/v1/session/second-factor", { body: { password } }), stale: [["session"]], done: t("factor.removed"), then: onClose });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        remove.mutate();
      }}
    >
      <Stack>
        <ProblemNotice error={remove.error} />
        <p style={{ margin: 0 }}>{t("factor.remove_text")}</p>
        <PasswordInput label={t("field.password")} autoComplete="current-password" value={password} onChange={(e) => setPassword(e.currentTarget.value)} visibilityToggleButtonProps={{ "aria-label": t("field.password_show") }} data-autofocus />
        <Group justify="flex-end">
          <Button type="submit" color="shu" loading={remove.isPending}>
            {t("factor.remove")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
