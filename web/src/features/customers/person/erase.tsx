import { Button, Group, Loader, Modal, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { api, list } from "@/api/client";
import { erasureQuery } from "@/api/queries";
import type { Customer } from "@/api/types";
import { useText } from "@/locale";
import { useAct } from "@/ui/act";
import { Confirm } from "@/ui/confirm";
import { useFormat } from "@/ui/format";
import { Facts, Row, Stack } from "@/ui/page";
import { Notice } from "@/ui/states";

/** Deletes somebody everywhere, and shows the proof. */
export default function EraseDialog({ customer, name, onClose }: { customer: Customer; name: string; onClose: () => void }) {
  const { t } = useText();
  const format = useFormat();
  const [reason, setReason] = useState("");
  const erase = useAct({
    quiet: true,
    run: () => api.DELETE("/api/v1/customers/{reference}", { params: { path: { reference: customer.id }, query: reason.trim() ? { reason: reason.trim() } : {} } }),
    stale: [["erasures"], ["identity"]],
  });
  if (erase.isSuccess) return <Proof customer={customer.id} />;
  return (
    <Confirm opened title={t("erase.title", { name })} action={t("erase.action")} danger word={t("erase.word")} busy={erase.isPending} error={erase.error} onClose={onClose} onConfirm={() => erase.mutate()}>
      <Notice tone="bad">{t("erase.final")}</Notice>
      <p style={{ margin: 0 }}>{t("erase.text", { people: 1, events: format.number(customer.activity.events), orders: customer.activity.orders, identifiers: list(customer.identifiers).length })}</p>
      <p style={{ margin: 0 }} className="soft">
        {t("erase.keeps")}
      </p>
      <TextInput label={t("erase.reason")} description={t("erase.reason_text")} maxLength={500} value={reason} onChange={(e) => setReason(e.currentTarget.value)} />
    </Confirm>
  );
}

function Proof({ customer }: { customer: string }) {
  const { t } = useText();
  const format = useFormat();
  const navigate = useNavigate();
  const { data: erasure } = useQuery(erasureQuery(customer));
  const leave = () => void navigate({ to: "/customers", replace: true });
  return (
    <Modal opened onClose={leave} title={<strong>{t("erase.proof_title")}</strong>} closeButtonProps={{ "aria-label": t("action.close") }}>
      <Stack>
        {erasure?.proof && erasure.finished_at ? (
          <>
            <Notice tone="good">{t("erase.finished")}</Notice>
            <Facts
              items={[
                { label: t("customer.id"), value: <span className="mono">{customer}</span> },
                { label: t("erase.requested"), value: format.moment(erasure.requested_at) },
                { label: t("erase.finished_at"), value: format.moment(erasure.finished_at) },
                { label: t("erase.by"), value: erasure.actor },
                { label: t("erase.profiles"), value: format.number(erasure.proof.profiles) },
                { label: t("erase.identifiers"), value: format.number(erasure.proof.identifiers) },
                { label: t("erase.events"), value: format.number(erasure.proof.events) },
                { label: t("erase.file_rows"), value: format.number(erasure.proof.file_rows) },
              ]}
            />
          </>
        ) : (
          <Row>
            <Loader size="sm" /> <span>{t("erase.running")}</span>
          </Row>
        )}
        <Group justify="flex-end">
          <Button onClick={leave}>{t("erase.back")}</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
