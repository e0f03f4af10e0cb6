import { Button, TextInput } from "@mantine/core";
import { useIntersection } from "@mantine/hooks";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import {
  IconAd2, IconBuildingStore, IconCircle, IconCoins, IconDeviceDesktop, IconFileText, IconId, IconMail, IconMessage2, IconPackage, IconSettings2,
  IconShieldCheck, IconShoppingBag, IconClipboardList, type Icon,
} from "@tabler/icons-react";
import { useEffect, useMemo, useState } from "react";
import { sourcesQuery, timelineQuery } from "@/api/queries";
import type { Customer, Event } from "@/api/types";
import { useText } from "@/locale";
import { useMay } from "@/shell/session";
import { useFormat } from "@/ui/format";
import { Facts, Text } from "@/ui/page";
import { Empty, Failing, Loading } from "@/ui/states";
import { useEventTitle } from "../../events";
import { flatten, isVisit, subject, tell, type Visit } from "./story";
import css from "./person.module.css";

const icons: Record<string, Icon> = {
  purchase: IconShoppingBag, web: IconDeviceDesktop, message: IconMail, ad: IconAd2, survey: IconClipboardList, voice: IconMessage2,
  contract: IconFileText, sales: IconBuildingStore, point: IconCoins, profile: IconId, consent: IconShieldCheck, catalogue: IconPackage, system: IconSettings2,
};

/** What somebody did, newest first. */
export function Timeline({ customer }: { customer: Customer }) {
  const { t } = useText();
  const format = useFormat();
  const search: { kinds?: string; day?: string } = useSearch({ strict: false });
  const navigate = useNavigate();
  const kinds = useMemo(() => search.kinds?.split(",") ?? [], [search.kinds]);
  const from = search.day ? endOfDay(search.day, format.timeZone) : "";
  const query = useInfiniteQuery(timelineQuery(customer.id, kinds, from));
  const { ref, entry } = useIntersection({ rootMargin: "600px" });
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = query;
  const near = entry?.isIntersecting ?? false;
  useEffect(() => {
    if (near && hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [near, hasNextPage, isFetchingNextPage, fetchNextPage]);
  const days = useMemo(() => tell(query.data?.pages.flatMap((page) => page.events) ?? [], (time) => format.isoDay(time)), [query.data, format]);

  const set = (changes: Record<string, string | undefined>) => void navigate({ to: ".", search: { ...search, ...changes }, replace: true });
  const toggle = (kind: string) => {
    const next = kinds.includes(kind) ? kinds.filter((k) => k !== kind) : [...kinds, kind];
    set({ kinds: next.join(",") || undefined });
  };
  const counts = Object.entries(customer.activity.by_kind).sort((a, b) => b[1] - a[1]);

  return (
    <div>
      <div className={`${css.filters} no-print`} role="group" aria-label={t("timeline.filters")}>
        <button type="button" className={css.chip} aria-pressed={kinds.length === 0} onClick={() => set({ kinds: undefined })}>
          {t("timeline.all")} <span className="num">{format.number(customer.activity.events)}</span>
        </button>
        {counts.map(([kind, count]) => (
          <button key={kind} type="button" className={css.chip} aria-pressed={kinds.includes(kind)} onClick={() => toggle(kind)}>
            {t(`kind.${kind}`)} <span className="num">{format.number(count)}</span>
          </button>
        ))}
        <span style={{ flex: 1 }} />
        <TextInput type="date" size="xs" aria-label={t("timeline.jump")} value={search.day ?? ""} onChange={(e) => set({ day: e.currentTarget.value || undefined })} />
        {search.day ? (
          <Button size="compact-xs" variant="subtle" onClick={() => set({ day: undefined })}>
            {t("timeline.newest")}
          </Button>
        ) : null}
      </div>
      {query.error && !query.data ? (
        <Failing error={query.error} onRetry={() => void query.refetch()} />
      ) : query.isPending ? (
        <Loading lines={8} />
      ) : days.length === 0 ? (
        <Empty title={t("timeline.none")}>{t(kinds.length > 0 || search.day ? "timeline.none_filtered" : "timeline.none_text")}</Empty>
      ) : (
        days.map((day, i) => (
          <section key={`${day.day}-${i}`} className={css.day}>
            <h2 className={css.dayHead}>
              {format.day(`${day.day}T12:00:00Z`)} <span>{format.relative(firstTime(day.items[0]))}</span>
            </h2>
            <ol className={css.events}>
              {day.items.map((item) =>
                isVisit(item) ? item.events.length > 1 ? <VisitItem key={item.events[0]?.position} visit={item} /> : item.events.map((e) => <EventItem key={e.position} event={e} />) : <EventItem key={item.position} event={item} />,
              )}
            </ol>
          </section>
        ))
      )}
      <div ref={ref} className={css.more}>
        {hasNextPage ? (
          <Button variant="default" size="xs" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            {t("timeline.more")}
          </Button>
        ) : days.length > 0 ? (
          <span className="soft">{t("timeline.end")}</span>
        ) : null}
      </div>
    </div>
  );
}

const firstTime = (item: Event | Visit | undefined): string => (item ? (isVisit(item) ? (item.events[0]?.time ?? "") : item.time) : "");

/** The first moment after a day of the shop's time zone, as the API reads times. */
export function endOfDay(day: string, timeZone: string): string {
  const noon = new Date(`${day}T12:00:00Z`);
  if (Number.isNaN(noon.getTime())) return "";
  const name = new Intl.DateTimeFormat("en-US", { timeZone, timeZoneName: "longOffset" }).formatToParts(noon).find((p) => p.type === "timeZoneName")?.value ?? "GMT";
  const offset = /[+-]\d{2}:\d{2}/.exec(name)?.[0] ?? "Z";
  return new Date(new Date(`${day}T23:59:59.999${offset}`).getTime() + 1).toISOString();
}

function VisitItem({ visit }: { visit: Visit }) {
  const { t } = useText();
  const format = useFormat();
  const [open, setOpen] = useState(false);
  const newest = visit.events[0];
  const oldest = visit.events.at(-1);
  if (!newest || !oldest) return null;
  const subjects = [...new Set(visit.events.map(subject).filter(Boolean))];
  const minutes = Math.round((new Date(newest.time).getTime() - new Date(oldest.time).getTime()) / 60_000);
  return (
    <li className={css.event}>
      <span className={css.clock}>{format.clock(oldest.time)}</span>
      <span className={css.dot} data-kind="web" aria-hidden>
        <IconDeviceDesktop size={14} stroke={1.7} />
      </span>
      <div style={{ minWidth: 0 }}>
        <button type="button" className={css.what} aria-expanded={open} onClick={() => setOpen(!open)}>
          <strong>{t("timeline.visit", { count: visit.events.length })}</strong>
          {minutes > 0 ? <span className={css.note}>{format.duration(minutes * 60)}</span> : null}
          <span className={css.note}>
            <Text>{subjects.slice(0, 3).join(" · ")}</Text>
          </span>
        </button>
        {open ? (
          <ol className={css.nested}>
            {visit.events.map((event) => (
              <EventItem key={event.position} event={event} />
            ))}
          </ol>
        ) : null}
      </div>
    </li>
  );
}

function EventItem({ event }: { event: Event }) {
  const title = useEventTitle();
  const format = useFormat();
  const [open, setOpen] = useState(false);
  const Icon = icons[event.kind] ?? IconCircle;
  return (
    <li className={css.event}>
      <time className={css.clock} dateTime={event.time}>
        {format.clock(event.time)}
      </time>
      <span className={css.dot} data-kind={event.kind} aria-hidden>
        <Icon size={14} stroke={1.7} />
      </span>
      <div style={{ minWidth: 0 }}>
        <button type="button" className={css.what} aria-expanded={open} onClick={() => setOpen(!open)}>
          {event.amount === undefined ? null : <span className={css.amount}>{format.money(event.amount, event.currency)}</span>}
          <strong>{title(event.type, event.name)}</strong>
          <span className={css.note}>
            <Text>{subject(event)}</Text>
          </span>
        </button>
        {open ? <Details event={event} /> : null}
      </div>
    </li>
  );
}

function Details({ event }: { event: Event }) {
  const { t } = useText();
  const format = useFormat();
  const sources = useQuery({ ...sourcesQuery, enabled: useMay("data:read") });
  const source = sources.data?.find((s) => s.id === event.source)?.name ?? String(event.source);
  const rows = [...flatten(event.properties), ...flatten(event.traits, "traits")];
  return (
    <div className={css.detail}>
      <Facts
        items={[
          { label: t("event.time"), value: <span className="num">{format.moment(event.time)}</span> },
          { label: t("event.received"), value: <span className="num">{format.moment(event.received_at)}</span> },
          { label: t("event.source"), value: <Text>{source}</Text> },
          ...(event.name ? [{ label: t("event.name"), value: <span className="mono">{event.name}</span> }] : []),
          ...rows.map(([name, value]) => ({ label: <span className="mono">{name}</span>, value: <Text>{value}</Text> })),
        ]}
      />
    </div>
  );
}
