import { Button, Checkbox, Drawer, Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { IconEraser, IconPlayerPause, IconPlayerPlay } from "@tabler/icons-react";
import { useState, type ReactNode } from "react";
import { list } from "@/api/client";
import { sourcesQuery } from "@/api/queries";
import type { LiveEvent } from "@/api/types";
import { useText } from "@/locale";
import { useMay } from "@/shell/session";
import { CodeBlock } from "@/ui/code";
import { useFormat } from "@/ui/format";
import { Facts, Page, Panel, Stack, Tag, Text } from "@/ui/page";
import { Failing, Loading, Notice } from "@/ui/states";
import { Filter } from "@/ui/table/filter";
import { useTableState } from "@/ui/table/state";
import { useEventTitle } from "../../events";
import { snippets } from "../sources/snippets";
import { mostShown, useFollowing, type Arrival } from "./follow";
import css from "./live.module.css";

/** Events as they come in, for whoever sets up a source. */
export default function Live() {
  const { t } = useText();
  const format = useFormat();
  const title = useEventTitle();
  const state = useTableState();
  const [paused, setPaused] = useState(false);
  const [shown, setShown] = useState<Arrival>();
  const live = useFollowing(paused);
  const sources = useQuery(sourcesQuery);
  const sourceName = (id: number) => sources.data?.find((s) => s.id === id)?.name ?? String(id);
  const { q = "", source = "", problems = "" } = state.search;
  const matches = ({ event }: Arrival) =>
    (!problems || list(event.problems).length > 0) && (!source || String(event.source) === source) &&
    (!q || `${title(event.type, event.name)} ${event.name ?? ""} ${event.type} ${event.user_id ?? ""} ${event.anonymous_id ?? ""}`.toLowerCase().includes(q.toLowerCase()));
  const seen = live.arrivals.filter(matches);
  return (
    <Page
      title={t("place.live")}
      lead={t("live.lead")}
      actions={
        <>
          <span className={css.state} data-paused={paused || undefined} role="status">
            <i aria-hidden />
            {paused ? (live.waiting > 0 ? t("live.waiting", { count: live.waiting, n: format.number(live.waiting) }) : t("live.paused")) : t("live.following")}
          </span>
          <Button size="compact-md" variant="default" leftSection={<IconEraser size={16} stroke={1.6} />} disabled={live.arrivals.length === 0} onClick={live.clear}>
            {t("live.clear")}
          </Button>
          <Button size="compact-md" variant={paused ? "filled" : "default"} leftSection={paused ? <IconPlayerPlay size={16} stroke={1.6} /> : <IconPlayerPause size={16} stroke={1.6} />} onClick={() => setPaused(!paused)}>
            {t(paused ? "live.resume" : "live.pause")}
          </Button>
        </>
      }
    >
      {live.missed > 0 ? <Notice tone="warn">{t("live.missed", { count: live.missed, n: format.number(live.missed) })}</Notice> : null}
      {live.away ? <Notice>{t("live.away")}</Notice> : null}
      {live.error && live.arrivals.length > 0 ? <Notice tone="bad" alert>{t("live.broken")}</Notice> : null}
      <Panel flush>
        <div className={`${css.bar} no-print`}>
          <Filter state={state} label={t("live.search")} />
          <Select size="sm" w={190} clearable aria-label={t("event.source")} placeholder={t("live.every_source")} data={(sources.data ?? []).map((s) => ({ value: String(s.id), label: s.name }))} value={source || null} onChange={(to) => state.set({ source: to ?? undefined })} clearButtonProps={{ "aria-label": t("action.clear") }} />
          <Checkbox label={t("live.only_problems")} checked={!!problems} onChange={(e) => state.set({ problems: e.currentTarget.checked ? "1" : undefined })} />
        </div>
        {live.arrivals.length === 0 ? (
          live.error ? <Failing error={live.error} /> : live.begun ? <Waiting /> : <Loading lines={6} />
        ) : (
          <>
            <ul className={css.list}>
              {seen.map((arrival) => (
                <Line key={arrival.id} event={arrival.event} source={sourceName(arrival.event.source)} onOpen={() => setShown(arrival)} />
              ))}
            </ul>
            {seen.length === 0 ? <p className={css.none}>{t("live.none_match", { n: format.number(live.arrivals.length) })}</p> : null}
            <p className={css.foot}>{t(live.arrivals.length >= mostShown ? "live.count_most" : "live.count", { shown: format.number(seen.length), n: format.number(live.arrivals.length) })}</p>
          </>
        )}
      </Panel>
      <Drawer opened={!!shown} onClose={() => setShown(undefined)} position="right" size="lg" title={<strong><Text>{shown ? title(shown.event.type, shown.event.name) : ""}</Text></strong>} closeButtonProps={{ "aria-label": t("action.close") }}>
        {shown ? <Detail event={shown.event} source={sourceName(shown.event.source)} /> : null}
      </Drawer>
    </Page>
  );
}

/** Who it was about, as far as the event says. */
const whoOf = (event: LiveEvent): string => event.user_id ?? event.anonymous_id ?? "";

function Line({ event, source, onOpen }: { event: LiveEvent; source: string; onOpen: () => void }) {
  const { t } = useText();
  const format = useFormat();
  const title = useEventTitle();
  const reasons = list(event.reasons);
  const bad = list(event.problems).length > 0;
  return (
    <li>
      <button type="button" className={css.line} onClick={onOpen}>
        <time className={css.time} dateTime={event.received_at}>
          {format.seconds(event.received_at)}
        </time>
        <span className={css.verdict}>{bad ? <Tag tone="bad">{t("live.problem")}</Tag> : <Tag tone="good">{t("live.ok")}</Tag>}</span>
        <span className={css.what}>
          <strong>
            <Text>{title(event.type, event.name)}</Text>
          </strong>{" "}
          {event.name && title(event.type, event.name) !== event.name ? <span className="mono soft"><Text>{event.name}</Text></span> : null}
          {bad ? <span className={css.reason}><Text>{reasonText(event, reasons, t("list.separator"))}</Text></span> : null}
        </span>
        <span className={`${css.who} mono clip`}>
          <Text>{whoOf(event)}</Text>
        </span>
        <span className={`${css.source} soft clip`}>
          <Text>{source}</Text>
        </span>
      </button>
    </li>
  );
}

/** Why it was held, with the field and what stood there. */
function reasonText(event: LiveEvent, reasons: string[], separator: string): string {
  return list(event.problems).map((p, i) => [reasons[i] ?? p.code, p.field, p.detail].filter(Boolean).join(" · ")).join(separator);
}

function Detail({ event, source }: { event: LiveEvent; source: string }) {
  const { t } = useText();
  const format = useFormat();
  const people = useMay("customers:read");
  const bad = list(event.problems).length > 0;
  const who: { label: ReactNode; value: ReactNode; key: string }[] = [];
  if (event.user_id) who.push({ key: "user", label: t("identifier.user_id"), value: people && !bad ? <Link to="/customers/$id" params={{ id: `user_id:${event.user_id}` }}><Text>{event.user_id}</Text></Link> : <Text>{event.user_id}</Text> });
  if (event.anonymous_id) who.push({ key: "anonymous", label: t("identifier.anonymous_id"), value: <span className="mono"><Text>{event.anonymous_id}</Text></span> });
  return (
    <Stack>
      {bad ? (
        <Notice tone="bad">
          <strong>
            <Text>{reasonText(event, list(event.reasons), t("list.separator"))}</Text>
          </strong>
          <br />
          {t("live.held")} <Link to="/data/quarantine">{t("live.to_quarantine")}</Link>
        </Notice>
      ) : (
        <Notice tone="good">{t("live.fine")}</Notice>
      )}
      <Facts
        items={[
          { key: "received", label: t("event.received"), value: <span className="num">{format.day(event.received_at)} {format.seconds(event.received_at)}</span> },
          { key: "time", label: t("event.time"), value: <span className="num">{format.day(event.time)} {format.seconds(event.time)}</span> },
          { key: "source", label: t("event.source"), value: <Text>{source}</Text> },
          { key: "type", label: t("contract.kind"), value: <span className="mono">{event.type}{event.name ? " · " : ""}<Text>{event.name}</Text></span> },
          ...who,
          { key: "message", label: t("live.message"), value: <span className="mono"><Text>{event.message_id}</Text></span> },
        ]}
      />
      <CodeBlock label={t("live.json")} code={JSON.stringify(event.raw ?? { type: event.type, event: event.name, userId: event.user_id, anonymousId: event.anonymous_id, timestamp: event.time, properties: event.properties, traits: event.traits, context: event.context }, null, 2)} />
    </Stack>
  );
}

/** Nothing has come yet: how to send something. */
function Waiting() {
  const { t } = useText();
  const curl = snippets(globalThis.location.origin, t("sources.key_here")).find((s) => s.id === "curl");
  return (
    <div className={css.empty}>
      <span className={css.pulse} aria-hidden />
      <h2>{t("live.none")}</h2>
      <p>{t("live.none_text")}</p>
      {curl ? <CodeBlock code={curl.code} label={t("live.test")} /> : null}
      <p>
        {t("live.key")} <Link to="/data/sources">{t("place.sources")}</Link>
      </p>
    </div>
  );
}
