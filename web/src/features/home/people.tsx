import { Button, Drawer, SegmentedControl } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { list } from "@/api/client";
import { peopleQuery, type Who } from "@/api/queries";
import { useText } from "@/locale";
import { useMay } from "@/shell/session";
import { useFormat } from "@/ui/format";
import { Text } from "@/ui/page";
import { Empty, Loaded, Notice } from "@/ui/states";
import { CustomerLink, Level } from "../customers/names";
import { whos } from "./numbers";
import css from "./shop.module.css";

interface PeopleProps {
  /** The first and the last day. */
  days: [from: string, to: string];
  who: Who;
  onWho: (who: Who) => void;
  onClose: () => void;
}

/** The people behind a number: who ordered then, or did anything. */
export default function People({ days: [from, to], who, onWho, onClose }: PeopleProps) {
  const { t } = useText();
  const format = useFormat();
  const unmasked = useMay("personal:read");
  const people = useInfiniteQuery(peopleQuery(from, to, who));
  const noon = (day: string) => format.day(`${day}T12:00:00Z`);
  const did = who === "active" ? "active" : "buyers";
  const title = from === to ? t(`shop.${did}_of`, { day: noon(from) }) : t(`shop.${did}_between`, { from: noon(from), to: noon(to) });
  return (
    <Drawer opened onClose={onClose} position="right" size="md" title={<strong>{title}</strong>} closeButtonProps={{ "aria-label": t("action.close") }}>
      <div className={css.buyers}>
        <SegmentedControl fullWidth size="xs" aria-label={t("shop.who")} data={whos.map((one) => ({ value: one, label: t(`shop.who_${one}`) }))} value={who} onChange={(chosen) => onWho(chosen)} />
        {unmasked ? null : <Notice tone="warn">{t("customers.masked")}</Notice>}
        <Loaded query={people} lines={8}>
          {({ pages }) => {
            const cards = pages.flatMap((page) => list(page.customers));
            const total = pages[0]?.total ?? 0;
            if (total === 0) return <Empty title={t(`shop.nobody_${did}`)}>{t("shop.nobody_text")}</Empty>;
            return (
              <>
                <span className="soft num">{t("shop.people_count", { count: total, n: format.number(total) })}</span>
                <ul className={css.list}>
                  {cards.map((card) => (
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
                {people.hasNextPage ? (
                  <Button variant="default" loading={people.isFetchingNextPage} onClick={() => void people.fetchNextPage()}>
                    {t("shop.people_more", { n: format.number(total - cards.length) })}
                  </Button>
                ) : null}
              </>
            );
          }}
        </Loaded>
      </div>
    </Drawer>
  );
}
