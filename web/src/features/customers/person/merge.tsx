import { Button, Group, Modal, TextInput, Textarea } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, data, list } from "@/api/client";
import { customerQuery } from "@/api/queries";
import { plain, type Customer } from "@/api/types";
import { useText } from "@/locale";
import { useAct } from "@/ui/act";
import { useFormat } from "@/ui/format";
import { Stack, Text } from "@/ui/page";
import { Loaded, Notice, ProblemNotice } from "@/ui/states";
import { Level, useName } from "../names";
import css from "./person.module.css";

/** Two people side by side: they are one, or they are not. */
export default function MergeDialog({ customer, other, onClose }: { customer: Customer; other: string | undefined; onClose: () => void }) {
  const { t } = useText();
  const [chosen, setChosen] = useState(other);
  return (
    <Modal opened onClose={onClose} size="xl" title={<strong>{t(chosen ? "merge.compare_title" : "merge.find_title")}</strong>} closeButtonProps={{ "aria-label": t("action.close") }}>
      {chosen ? <Compare a={customer} reference={chosen} onBack={() => setChosen(undefined)} onClose={onClose} /> : <Find self={customer} onChoose={setChosen} />}
    </Modal>
  );
}

function Find({ self, onChoose }: { self: Customer; onChoose: (id: string) => void }) {
  const { t } = useText();
  const name = useName();
  const [query, setQuery] = useState("");
  const [asked] = useDebouncedValue(query.trim(), 200);
  const found = useQuery({
    queryKey: ["customers", "find", asked],
    enabled: asked !== "",
    queryFn: async ({ signal }) => list((await data(api.GET("/api/v1/customers", { params: { query: { q: asked, limit: 10 } }, signal }))).customers),
  });
  const others = found.data?.filter((c) => c.id !== self.id);
  return (
    <Stack>
      <TextInput data-autofocus type="search" label={t("merge.find")} placeholder={t("customers.search_hint")} value={query} onChange={(e) => setQuery(e.currentTarget.value)} />
      {asked ? (
        <Loaded query={{ ...found, data: others }}>
          {(cards) => (
            <ul className={css.list}>
              {cards.length === 0 ? <li className="soft">{t("merge.nobody")}</li> : null}
              {cards.map((card) => (
                <li key={card.id}>
                  <button type="button" className={css.what} onClick={() => onChoose(card.id)}>
                    <strong>
                      <Text>{name(card)}</Text>
                    </strong>{" "}
                    <Level level={card.level} />
                    <small>
                      <Text>{[card.kana, card.email, card.phone].filter(Boolean).join(" · ")}</Text>
                    </small>
                  </button>
                </li>
              ))}
            </ul>
          )}
        </Loaded>
      ) : (
        <span className="soft">{t("merge.find_text")}</span>
      )}
    </Stack>
  );
}

interface CompareProps {
  a: Customer;
  reference: string;
  onBack: () => void;
  onClose: () => void;
}

function Compare({ a, reference, onBack, onClose }: CompareProps) {
  const other = useQuery(customerQuery(reference));
  return <Loaded query={other}>{(b) => <SideBySide a={a} b={b} onBack={onBack} onClose={onClose} />}</Loaded>;
}

function SideBySide({ a, b, onBack, onClose }: { a: Customer; b: Customer; onBack: () => void; onClose: () => void }) {
  const { t } = useText();
  const format = useFormat();
  const [reason, setReason] = useState("");
  const path = { reference: a.id };
  const body = { other: b.id, ...(reason.trim() ? { reason: reason.trim() } : {}) };
  const merge = useAct({ quiet: true, run: () => api.POST("/api/v1/customers/{reference}/merge", { params: { path }, body }), stale: [["customers"], ["identity"]], done: t("merge.done"), then: onClose });
  const separate = useAct({ quiet: true, run: () => api.POST("/api/v1/customers/{reference}/separate", { params: { path }, body }), stale: [["customers"], ["identity"]], done: t("merge.separated"), then: onClose });

  const ids = (c: Customer, kind: string) => list(c.identifiers).filter((i) => i.kind === kind).map((i) => i.value);
  const trait = (c: Customer, name: string) => plain(c.traits[name]?.value);
  const address = (c: Customer) => {
    const value = c.traits.address?.value;
    return typeof value === "object" && value && !Array.isArray(value) ? [value.state, value.city, value.street].map(plain).join("") : plain(value);
  };
  const rows: { label: string; of: (c: Customer) => string; compare?: boolean }[] = [
    { label: t("customer.name"), of: (c) => c.name ?? "", compare: true },
    { label: t("customer.kana"), of: (c) => c.kana ?? "", compare: true },
    { label: t("identifier.email"), of: (c) => ids(c, "email").join("\n"), compare: true },
    { label: t("identifier.phone"), of: (c) => ids(c, "phone").join("\n"), compare: true },
    { label: t("identifier.user_id"), of: (c) => ids(c, "user_id").join("\n"), compare: true },
    { label: t("trait.birthday"), of: (c) => trait(c, "birthday"), compare: true },
    { label: t("trait.address"), of: address, compare: true },
    { label: t("figure.orders"), of: (c) => t("count.orders", { count: c.activity.orders }) },
    { label: t("figure.revenue"), of: (c) => list(c.activity.revenue).map((r) => format.money(r.net, r.currency)).join(" ") || "–" },
    { label: t("customer.first_seen"), of: (c) => format.day(c.first_seen) },
    { label: t("figure.last_seen"), of: (c) => (c.activity.last_seen ? format.day(c.activity.last_seen) : "–") },
  ];
  const same = a.id === b.id;

  return (
    <Stack>
      <div style={{ overflowX: "auto" }} tabIndex={0} role="region" aria-label={t("merge.compare_title")}>
        <table className={css.compare}>
          <thead>
            <tr>
              <td style={{ width: "22%" }} />
              {[a, b].map((c, i) => (
                <th key={i} scope="col">
                  <Text>{c.name ?? t("customer.nameless")}</Text> <Level level={c.level} />
                  <div className="mono soft">{c.id}</div>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ label, of, compare }) => {
              const [x, y] = [of(a), of(b)];
              const mark = compare && x && y ? (x === y ? { "data-same": true } : { "data-differs": true }) : {};
              return (
                <tr key={label}>
                  <th scope="row">{label}</th>
                  {[x, y].map((text, i) => (
                    <td key={i} style={{ whiteSpace: "pre-line" }} {...mark}>
                      <Text>{text || "–"}</Text>
                    </td>
                  ))}
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      {same ? (
        <Notice tone="warn">{t("merge.same")}</Notice>
      ) : (
        <Notice>
          <strong>{t("merge.will")}</strong>
          <ul>
            <li>{t("merge.will_history", { events: format.number(a.activity.events + b.activity.events), orders: a.activity.orders + b.activity.orders })}</li>
            <li>{t("merge.will_traits")}</li>
            <li>{t("merge.will_consents")}</li>
            <li>{t("merge.will_undo")}</li>
          </ul>
        </Notice>
      )}
      <Textarea label={t("merge.reason")} description={t("merge.reason_text")} maxLength={500} autosize minRows={1} value={reason} onChange={(e) => setReason(e.currentTarget.value)} />
      <ProblemNotice error={merge.error ?? separate.error} />
      <Group justify="space-between">
        <Button variant="subtle" onClick={onBack}>
          {t("merge.other")}
        </Button>
        <Group gap="xs">
          <Button variant="default" disabled={same} loading={separate.isPending} onClick={() => separate.mutate()}>
            {t("merge.separate")}
          </Button>
          <Button disabled={same} loading={merge.isPending} onClick={() => merge.mutate()}>
            {t("merge.action")}
          </Button>
        </Group>
      </Group>
    </Stack>
  );
}
