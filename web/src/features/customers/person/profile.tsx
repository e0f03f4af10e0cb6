import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { list } from "@/api/client";
import { sourcesQuery } from "@/api/queries";
import { plain, type Customer, type Json } from "@/api/types";
import { useText } from "@/locale";
import { useMay } from "@/shell/session";
import { useFormat } from "@/ui/format";
import { Panel, Tag, Text } from "@/ui/page";
import { useKindName, useWritten } from "../names";
import css from "./person.module.css";

/** What is known of somebody: permission, identifiers, traits, groups. */
export function Profile({ customer }: { customer: Customer }) {
  const { t, has } = useText();
  const format = useFormat();
  const kindName = useKindName();
  const written = useWritten();
  const sources = useQuery({ ...sourcesQuery, enabled: useMay("data:read") });
  const from = (source: number, time: string) => `${sources.data?.find((s) => s.id === source)?.name ?? source} · ${format.short(time)}`;
  const traits = Object.entries(customer.traits).sort(([a], [b]) => rank(a) - rank(b) || a.localeCompare(b));
  const consents = list(customer.consents);
  // Devices last: there may be many, and they say least.
  const identifiers = list(customer.identifiers).sort((a, b) => Number(a.kind === "anonymous_id") - Number(b.kind === "anonymous_id"));
  const memberships = list(customer.memberships);
  const named = (area: string, name: string) => (has(`${area}.${name}`) ? t(`${area}.${name}`) : name);

  return (
    <aside className={css.side} aria-label={t("person.profile")}>
      <Panel title={t("person.consents")}>
        {consents.length === 0 ? <span className="soft">{t("person.consents_none")}</span> : null}
        <ul className={css.list}>
          {consents.map((c) => (
            <li key={c.channel + c.purpose} title={plain(c.proof)}>
              <div className={css.pair}>
                <span>
                  {named("channel", c.channel)} <span className="soft">{named("purpose", c.purpose)}</span>
                </span>
                <Tag tone={c.granted ? "good" : "bad"}>{t(c.granted ? "consent.granted" : "consent.withdrawn")}</Tag>
              </div>
              <small>{from(c.source, c.time)}</small>
            </li>
          ))}
        </ul>
      </Panel>
      <Panel title={t("person.identifiers")} aside={<span className="soft num">{format.number(identifiers.length)}</span>}>
        <Few items={identifiers}>
          {(i) => (
            <Known key={`${i.kind}:${i.value}`} label={kindName(i.kind)} from={from(i.source, i.first_seen)}>
              <Text>{written(i)}</Text> {i.state === "trusted" ? null : <Tag tone="warn">{t(`identifier_state.${i.state}`)}</Tag>}
            </Known>
          )}
        </Few>
      </Panel>
      <Panel title={t("person.traits")}>
        <Few items={traits}>
          {([name, trait]) => (
            <Known key={name} label={<Text clamp>{named("trait", name)}</Text>} from={from(trait.source, trait.time)}>
              <TraitValue name={name} value={trait.value} />
            </Known>
          )}
        </Few>
        {traits.length === 0 ? <span className="soft">{t("person.traits_none")}</span> : null}
      </Panel>
      {memberships.length > 0 ? (
        <Panel title={t("person.groups")}>
          <ul className={css.list}>
            {memberships.map((m) => (
              <li key={m.group_id}>
                <Text>{m.name ?? m.group_id}</Text> <span className="soft">{named("group", m.kind)}</span>
                <small>{from(m.source, m.time)}</small>
              </li>
            ))}
          </ul>
        </Panel>
      ) : null}
    </aside>
  );
}

/** More than these are shown when they are asked for. */
const few = 12;

/** A list that does not bury the page when it is long. */
function Few<Item>({ items, children }: { items: Item[]; children: (item: Item) => ReactNode }) {
  const { t } = useText();
  const format = useFormat();
  const [all, setAll] = useState(false);
  const rest = items.length - few;
  return (
    <>
      <ul className={css.list}>{(all ? items : items.slice(0, few)).map(children)}</ul>
      {rest > 0 ? (
        <Button variant="subtle" size="compact-xs" className="no-print" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? t("person.fewer") : t("person.rest", { n: format.number(rest) })}
        </Button>
      ) : null}
    </>
  );
}

/** A thing that is known, with where it comes from. */
function Known({ label, from, children }: { label: ReactNode; from: string; children: ReactNode }) {
  return (
    <li className={css.known}>
      <span className="soft">{label}</span>
      <span>
        {children}
        <small>{from}</small>
      </span>
    </li>
  );
}

/** Longer texts are opened. */
const long = 160;

function LongText({ text }: { text: string }) {
  const { t } = useText();
  const [open, setOpen] = useState(false);
  if (text.length <= long) return <Text>{text}</Text>;
  return (
    <>
      <Text>{open ? text : `${text.slice(0, long)}…`}</Text>{" "}
      <Button variant="subtle" size="compact-xs" className="no-print" aria-expanded={open} onClick={() => setOpen(!open)}>
        {t(open ? "person.fewer" : "person.whole")}
      </Button>
    </>
  );
}

const order = ["name", "lastName", "firstName", "lastNameKana", "firstNameKana", "gender", "birthday", "email", "phone", "address"];
const rank = (name: string): number => (order.includes(name) ? order.indexOf(name) : order.length);

function TraitValue({ name, value }: { name: string; value: Json }) {
  const { t, has } = useText();
  const format = useFormat();
  if (name === "address" && typeof value === "object" && value !== null && !Array.isArray(value)) {
    const { postalCode, state, city, street } = value;
    return <Text>{[postalCode ? t("trait.postal_code", { code: plain(postalCode) }) : "", plain(state) + plain(city) + plain(street)].filter(Boolean).join(" ")}</Text>;
  }
  if (name === "gender" && has(`gender.${plain(value)}`)) return t(`gender.${plain(value)}`);
  if (name === "birthday" && typeof value === "string" && /^\d{4}-\d{2}-\d{2}$/.test(value)) return <span className="num">{format.day(`${value}T12:00:00Z`)}</span>;
  if (typeof value === "boolean") return t(value ? "value.yes" : "value.no");
  if (typeof value === "number") return <span className="num">{format.number(value, 6)}</span>;
  return <LongText text={plain(value)} />;
}
