import { Button, Menu, Tabs } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { IconArrowLeft, IconArrowsJoin, IconDotsVertical, IconFileDownload, IconTrash } from "@tabler/icons-react";
import { lazy, Suspense, useEffect, useState } from "react";
import { customerQuery } from "@/api/queries";
import type { Customer } from "@/api/types";
import { list } from "@/api/client";
import { useText } from "@/locale";
import { useMay } from "@/shell/session";
import { useAct } from "@/ui/act";
import { Copy } from "@/ui/code";
import { download } from "@/ui/download";
import { useFormat } from "@/ui/format";
import { useNow } from "@/ui/now";
import { Figures, Page, Panel, Row, Text, type Figure } from "@/ui/page";
import { Failing, Loading, Notice } from "@/ui/states";
import { Level, useName } from "../names";
import { Decisions, useUndo } from "./decisions";
import { Orders } from "./orders";
import { Profile } from "./profile";
import { Timeline } from "./timeline";
import css from "./person.module.css";

const Features = lazy(() => import("./features"));
const Segments = lazy(() => import("./segments"));
const MergeDialog = lazy(() => import("./merge"));
const EraseDialog = lazy(() => import("./erase"));

/** Everything about one person. */
export default function PersonPage() {
  const { t } = useText();
  const { id }: { id?: string } = useParams({ strict: false });
  const customer = useQuery(customerQuery(id ?? ""));
  if (customer.data) return <Person customer={customer.data} />;
  return (
    <Page title={t("room.customers")}>
      <Panel>{customer.error ? <Failing error={customer.error} onRetry={() => void customer.refetch()} action={<Button variant="default" renderRoot={(props) => <Link to="/customers" {...props} />}>{t("person.back")}</Button>} /> : <Loading lines={8} />}</Panel>
    </Page>
  );
}

const emailOf = (customer: Customer): string | undefined => list(customer.identifiers).find((i) => i.kind === "email")?.value;
const phoneOf = (customer: Customer): string | undefined => list(customer.identifiers).find((i) => i.kind === "phone")?.value;

function Person({ customer }: { customer: Customer }) {
  const { t } = useText();
  const name = useName()({ ...customer, email: emailOf(customer), phone: phoneOf(customer) });
  const search: { tab?: string; merge?: string } = useSearch({ strict: false });
  const navigate = useNavigate();
  const [erasing, setErasing] = useState(false);
  const mayRead = useMay("personal:read");
  const setSearch = (changes: Record<string, string | undefined>) => void navigate({ to: ".", search: { ...search, ...changes }, replace: true });
  useEffect(() => localStorage.setItem("seen-person", "1"), []); // a step of the first day
  const tab = search.tab ?? "timeline";
  const merges = list(customer.merges).filter((m) => !m.undone_at);
  const now = useNow();
  const recent = merges.find((m) => m.actor && now - new Date(m.time).getTime() < 10 * 60_000);

  return (
    <Page
      title={name}
      lead={
        <span className={css.names}>
          {customer.kana ? <Text>{customer.kana}</Text> : null}
          <Level level={customer.level} />
          <span className="mono soft">
            {customer.id} <Copy value={customer.id} label={t("customer.copy_id")} />
          </span>
        </span>
      }
      actions={<Actions customer={customer} onMerge={() => setSearch({ merge: "new" })} onErase={() => setErasing(true)} />}
    >
      {mayRead ? null : <Notice tone="warn">{t("customers.masked")}</Notice>}
      {recent ? <RecentMerge id={recent.id} /> : null}
      <Panel>
        <LifeFigures customer={customer} />
      </Panel>
      <div className={css.columns}>
        <div className={css.story}>
          <Panel flush>
            <Tabs value={tab} onChange={(value) => setSearch({ tab: value === "timeline" ? undefined : (value ?? undefined) })} keepMounted={false}>
              <Tabs.List px={8} pt={4}>
                <Tabs.Tab value="timeline">{t("person.timeline")}</Tabs.Tab>
                <Tabs.Tab value="orders">
                  {t("person.orders")} <span className="soft num">{customer.activity.orders + customer.activity.cancelled_orders}</span>
                </Tabs.Tab>
                <Tabs.Tab value="features">{t("person.features")}</Tabs.Tab>
                <Tabs.Tab value="segments">{t("place.segments")}</Tabs.Tab>
                <Tabs.Tab value="identity">
                  {t("person.identity")} <span className="soft num">{list(customer.merges).length}</span>
                </Tabs.Tab>
              </Tabs.List>
              <Tabs.Panel value="timeline">
                <Timeline customer={customer} />
              </Tabs.Panel>
              <Tabs.Panel value="orders">
                <Orders id={customer.id} />
              </Tabs.Panel>
              <Tabs.Panel value="features">
                <Suspense fallback={<Loading lines={6} />}>
                  <Features id={customer.id} />
                </Suspense>
              </Tabs.Panel>
              <Tabs.Panel value="segments">
                <Suspense fallback={<Loading lines={6} />}>
                  <Segments id={customer.id} />
                </Suspense>
              </Tabs.Panel>
              <Tabs.Panel value="identity">
                <Decisions customer={customer} />
              </Tabs.Panel>
            </Tabs>
          </Panel>
        </div>
        <Profile customer={customer} />
      </div>
      <p className="soft" style={{ fontSize: "0.75rem", margin: 0 }}>
        {t("person.logged")}
      </p>
      <Suspense fallback={null}>
        {search.merge ? <MergeDialog customer={customer} other={search.merge === "new" ? undefined : search.merge} onClose={() => setSearch({ merge: undefined })} /> : null}
        {erasing ? <EraseDialog customer={customer} name={name} onClose={() => setErasing(false)} /> : null}
      </Suspense>
    </Page>
  );
}

function RecentMerge({ id }: { id: string }) {
  const { t } = useText();
  const undo = useUndo();
  return (
    <Notice tone="good">
      <Row>
        <span style={{ flex: 1 }}>{t("merge.done_notice")}</span>
        <Button size="compact-sm" variant="default" loading={undo.isPending} onClick={() => undo.mutate(id)}>
          {t("merge.undo")}
        </Button>
      </Row>
    </Notice>
  );
}

function LifeFigures({ customer }: { customer: Customer }) {
  const { t } = useText();
  const format = useFormat();
  const { activity } = customer;
  const revenue = list(activity.revenue);
  const when = (time: string | undefined, label: string): Figure => ({
    label,
    value: time ? format.relative(time) : "–",
    note: time ? format.day(time) : undefined,
  });
  const main = revenue[0];
  const items: Figure[] = [
    { label: t("figure.revenue"), value: main ? format.money(main.net, main.currency) : format.money(0), note: [...revenue.slice(1).map((r) => format.money(r.net, r.currency)), main?.refunded ? t("figure.refunded", { amount: format.money(main.refunded, main.currency) }) : ""].filter(Boolean).join(" · ") || undefined },
    { label: t("figure.orders"), value: t("count.orders", { count: activity.orders }), note: activity.cancelled_orders > 0 ? t("figure.cancelled", { count: activity.cancelled_orders }) : undefined },
    { label: t("figure.average"), value: main && activity.orders > 0 ? format.money(Math.round(main.net / activity.orders), main.currency) : "–" },
    when(activity.first_order, t("figure.first_order")),
    when(activity.last_order, t("figure.last_order")),
    when(activity.last_seen, t("figure.last_seen")),
    { label: t("figure.events"), value: format.number(activity.events) },
  ];
  return <Figures items={items} />;
}

function Actions({ customer, onMerge, onErase }: { customer: Customer; onMerge: () => void; onErase: () => void }) {
  const { t } = useText();
  const mayWrite = useMay("customers:write");
  const mayRead = useMay("personal:read");
  const disclose = useAct({ run: () => download(`/api/v1/customers/${customer.id}/export`, `${customer.id}.json`), done: t("person.disclosed") });
  return (
    <>
      <Button variant="subtle" size="compact-sm" leftSection={<IconArrowLeft size={15} />} renderRoot={(props) => <Link to="/customers" {...props} />}>
        {t("person.back")}
      </Button>
      {mayWrite ? (
        <Button variant="default" size="compact-md" leftSection={<IconArrowsJoin size={16} stroke={1.6} />} onClick={onMerge}>
          {t("merge.open")}
        </Button>
      ) : null}
      {mayWrite || mayRead ? (
        <Menu position="bottom-end">
          <Menu.Target>
            <Button variant="default" size="compact-md" leftSection={<IconDotsVertical size={16} />} loading={disclose.isPending}>
              {t("person.more")}
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item leftSection={<IconFileDownload size={16} stroke={1.6} />} disabled={!mayRead} onClick={() => disclose.mutate()}>
              {t("person.disclose")}
            </Menu.Item>
            <Menu.Item leftSection={<IconTrash size={16} stroke={1.6} />} disabled={!mayWrite} color="shu" onClick={onErase}>
              {t("erase.open")}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      ) : null}
    </>
  );
}
