import { Button } from "@mantine/core";
import { api, list } from "@/api/client";
import type { Customer, Merge } from "@/api/types";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useText } from "@/locale";
import { useMay } from "@/shell/session";
import { useAct } from "@/ui/act";
import { Confirm } from "@/ui/confirm";
import { useFormat } from "@/ui/format";
import { Row, Tag, Text } from "@/ui/page";
import { Empty } from "@/ui/states";
import { useKindName, useWritten } from "../names";
import css from "./person.module.css";

/** Takes a merge back. */
export function useUndo(then?: () => void) {
  const { t } = useText();
  return useAct({
    run: (id: string) => api.POST("/api/v1/merges/{id}/undo", { params: { path: { id } } }),
    stale: [["customers"], ["identity"]],
    done: t("merge.undone"),
    ...(then ? { then } : {}),
  });
}

/** How the profiles of this person came together, and which joins were refused. */
export function Decisions({ customer }: { customer: Customer }) {
  const { t, has } = useText();
  const format = useFormat();
  const kindName = useKindName();
  const written = useWritten();
  const merges = list(customer.merges);
  const conflicts = list(customer.conflicts);
  const [undoing, setUndoing] = useState<Merge>();
  const undo = useUndo(() => setUndoing(undefined));
  const mayWrite = useMay("customers:write");
  if (merges.length === 0 && conflicts.length === 0) return <Empty title={t("identity.alone")}>{t("identity.alone_text")}</Empty>;
  return (
    <div style={{ padding: 16 }}>
      {conflicts.length > 0 ? (
        <>
          <h2 style={{ fontSize: "0.875rem" }}>{t("identity.conflicts")}</h2>
          <ul className={css.list} style={{ marginBottom: 18 }}>
            {conflicts.map((c) => {
              const other = c.owner === customer.id || list(customer.profiles).includes(c.owner) ? c.claimant : c.owner;
              return (
                <li key={`${c.position}-${c.via.kind}`}>
                  <Row>
                    <span style={{ flex: 1 }}>
                      {kindName(c.via.kind)} <Text>{written(c.via)}</Text>
                      <small>
                        {has(`conflict.${c.reason}`) ? t(`conflict.${c.reason}`) : c.reason} · {format.short(c.time)}
                      </small>
                    </span>
                    {other ? (
                      <Link to="/customers/$id" params={{ id: customer.id }} search={{ merge: other }}>
                        {t("merge.compare")}
                      </Link>
                    ) : null}
                  </Row>
                </li>
              );
            })}
          </ul>
        </>
      ) : null}
      {merges.length > 0 ? <h2 style={{ fontSize: "0.875rem" }}>{t("identity.merges")}</h2> : null}
      <ul className={css.list}>
        {merges.map((m) => (
          <li key={m.id}>
            <Row>
              <span style={{ flex: 1 }}>
                {m.actor ? t("identity.by_person", { actor: m.actor.replace(/^user:/, "") }) : t("identity.by_rule", { kind: kindName(m.via?.kind ?? "") })} {m.via ? <Text>{written(m.via)}</Text> : null}
                <small>
                  {format.moment(m.time)} · <span className="mono">{m.loser}</span>
                </small>
                {m.undone_at ? <Tag tone="warn">{t("identity.undone", { time: format.short(m.undone_at) })}</Tag> : null}
              </span>
              {!m.undone_at && mayWrite ? (
                <Button size="compact-xs" variant="default" onClick={() => setUndoing(m)}>
                  {t("merge.undo")}
                </Button>
              ) : null}
            </Row>
          </li>
        ))}
      </ul>
      <Confirm opened={!!undoing} title={t("merge.undo_title")} action={t("merge.undo")} busy={undo.isPending} onClose={() => setUndoing(undefined)} onConfirm={() => undoing && undo.mutate(undoing.id)}>
        <p style={{ margin: 0 }}>{t("merge.undo_text")}</p>
      </Confirm>
    </div>
  );
}
