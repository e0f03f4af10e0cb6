import { Button, Drawer } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { IconUsersPlus } from "@tabler/icons-react";
import { list } from "@/api/client";
import { CustomerLink, Level } from "@/features/customers/names";
import { useText } from "@/locale";
import { useMay } from "@/shell/session";
import { useFormat } from "@/ui/format";
import { Text } from "@/ui/page";
import { Empty, Loaded, Notice } from "@/ui/states";
import { behindQuery, conditionQuery, type AnalysisName, type Mark, type Params } from "./queries";
import css from "./analysis.module.css";

interface PeopleProps {
  name: AnalysisName;
  /** What the analysis was asked with. */
  params: Params;
  mark: Mark;
  title: string;
  /** Whether a condition can say it. */
  holds: boolean;
  onClose: () => void;
}

/** The people behind a mark, and the way to a segment of them. */
export default function People({ name, params, mark, title, holds, onClose }: PeopleProps) {
  const { t } = useText();
  const format = useFormat();
  const unmasked = useMay("personal:read");
  const people = useInfiniteQuery(behindQuery(name, params, mark));
  // What was on an earlier day or in a period, pairs of products, and nobody at all can be no segment.
  const lasting = holds && name !== "products-next" && !params.as_of && !params.from && (people.data?.pages[0]?.total ?? 0) > 0;
  const condition = useQuery({ ...conditionQuery(name, params, mark), enabled: lasting });
  return (
    <Drawer opened onClose={onClose} position="right" size="md" title={<strong>{title}</strong>} closeButtonProps={{ "aria-label": t("action.close") }}>
      <div className={css.people}>
        {unmasked ? null : <Notice tone="warn">{t("customers.masked")}</Notice>}
        <Loaded query={people} lines={8}>
          {({ pages }) => {
            const cards = pages.flatMap((page) => list(page.customers));
            const total = pages[0]?.total ?? 0;
            if (total === 0) return <Empty title={t("analyses.nobody")}>{t("analyses.nobody_text")}</Empty>;
            return (
              <>
                <div className={css.row}>
                  <span className="soft num">{t("analyses.people_count", { count: total, n: format.number(total) })}</span>
                  <span style={{ flex: 1 }} />
                  {lasting && condition.data ? (
                    <Button component="a" size="xs" variant="default" leftSection={<IconUsersPlus size={15} stroke={1.6} />} href={`/understand/segments/new?condition=${encodeURIComponent(JSON.stringify(condition.data))}`}>
                      {t("analyses.to_segment")}
                    </Button>
                  ) : null}
                </div>
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
                      <small className="num soft">{t("analyses.since", { day: format.shortDay(card.first_seen) })}</small>
                    </li>
                  ))}
                </ul>
                {people.hasNextPage ? (
                  <Button variant="default" loading={people.isFetchingNextPage} onClick={() => void people.fetchNextPage()}>
                    {t("analyses.people_more", { n: format.number(total - cards.length) })}
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
