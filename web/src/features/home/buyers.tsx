import { Drawer, SegmentedControl } from "@mantine/core";
import { useQueries } from "@tanstack/react-query";
import { buyersQuery, mostBuyers, type Who } from "@/api/queries";
import type { Card } from "@/api/types";
import { useText } from "@/locale";
import { useMay } from "@/shell/session";
import { useFormat } from "@/ui/format";
import { Text } from "@/ui/page";
import { Empty, Failing, Loading, Notice } from "@/ui/states";
import { CustomerLink, Level } from "../customers/names";
import { daysOf } from "./numbers";
import css from "./shop.module.css";

interface BuyersProps {
  /** A day or the days of a week. */
  range: string;
  who: Who;
  onWho: (who: Who) => void;
  onClose: () => void;
}

const everybody: readonly Who[] = ["all", "new", "returning"];

/** The people behind a mark: who ordered then. */
export default function Buyers({ range, who, onWho, onClose }: BuyersProps) {
  const { t } = useText();
  const format = useFormat();
  const unmasked = useMay("personal:read");
  const days = daysOf(range);
  const asked = useQueries({ queries: days.map((day) => buyersQuery(day, who)) });
  const failing = asked.find((query) => query.error);
  const waiting = asked.some((query) => !query.data);
  const people = new Map<string, Card>();
  for (const query of asked.toReversed()) for (const card of query.data ?? []) people.set(card.id, card);
  const cut = asked.some((query) => query.data && query.data.length >= mostBuyers);
  const noon = (day: string | undefined) => format.day(`${day ?? ""}T12:00:00Z`);
  const title = days.length > 1 ? t("shop.buyers_between", { from: noon(days[0]), to: noon(days.at(-1)) }) : t("shop.buyers_of", { day: noon(days[0]) });
  return (
    <Drawer opened onClose={onClose} position="right" size="md" title={<strong>{title}</strong>} closeButtonProps={{ "aria-label": t("action.close") }}>
      <div className={css.buyers}>
        <SegmentedControl fullWidth size="xs" aria-label={t("shop.who")} data={everybody.map((one) => ({ value: one, label: t(`shop.who_${one}`) }))} value={who} onChange={(to) => onWho(to)} />
        {unmasked ? null : <Notice tone="warn">{t("customers.masked")}</Notice>}
        {failing ? (
          <Failing error={failing.error} onRetry={() => asked.forEach((query) => void query.refetch())} />
        ) : waiting ? (
          <Loading lines={8} />
        ) : people.size === 0 ? (
          <Empty title={t("shop.nobody")}>{t("shop.nobody_text")}</Empty>
        ) : (
          <>
            <span className="soft num">{t(cut ? "shop.buyers_cut" : "shop.buyers_count", { count: people.size, n: format.number(people.size) })}</span>
            <ul className={css.list}>
              {[...people.values()].map((card) => (
                <li key={card.id}>
                  <span className={css.who}>
                    <CustomerLink card={card} />
                    {card.kana ? (
                      <small>
                        <Text>{card.kana}</Text>
                      </small>
                    ) : null}
                  </span>
                  <Level level={card.level} />
                  <small className="num soft">{t("shop.since", { day: format.shortDay(card.first_seen) })}</small>
                </li>
              ))}
            </ul>
          </>
        )}
      </div>
    </Drawer>
  );
}
