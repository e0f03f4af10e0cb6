import { Button, Drawer } from "@mantine/core";
import type { InfiniteData, UseInfiniteQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { list } from "@/api/client";
import type { components } from "@/api/schema";
import { useText } from "@/locale";
import { useMay } from "@/shell/session";
import { useFormat } from "@/ui/format";
import { Row, Stack, Text } from "@/ui/page";
import { Empty, Loaded, Notice } from "@/ui/states";
import { CustomerLink, Level } from "./names";
import css from "./behind.module.css";

interface BehindProps {
  title: string;
  people: UseInfiniteQueryResult<InfiniteData<components["schemas"]["DatesOutput"]>>;
  /** Said when there is nobody. */
  empty: { title: string; text: string };
  /** Above the list: what else can be chosen. */
  above?: ReactNode;
  /** Beside the number of people: what can be done with them. */
  tools?: ReactNode;
  onClose: () => void;
}

/** The people behind a number, by pages; each opens. */
export function Behind({ title, people, empty, above, tools, onClose }: BehindProps) {
  const { t } = useText();
  const format = useFormat();
  const unmasked = useMay("personal:read");
  return (
    <Drawer opened onClose={onClose} position="right" size="md" title={<strong>{title}</strong>} closeButtonProps={{ "aria-label": t("action.close") }}>
      <Stack>
        {above}
        {unmasked ? null : <Notice tone="warn">{t("customers.masked")}</Notice>}
        <Loaded query={people} lines={8}>
          {({ pages }) => {
            const cards = pages.flatMap((page) => list(page.customers));
            const total = pages[0]?.total ?? 0;
            if (total === 0) return <Empty title={empty.title}>{empty.text}</Empty>;
            return (
              <>
                <Row>
                  <span className={`${css.count} soft num`}>{t("behind.count", { count: total, n: format.number(total) })}</span>
                  {tools}
                </Row>
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
                      <small className="num soft">{t("behind.since", { day: format.shortDay(card.first_seen) })}</small>
                    </li>
                  ))}
                </ul>
                {people.hasNextPage ? (
                  <Button variant="default" loading={people.isFetchingNextPage} onClick={() => void people.fetchNextPage()}>
                    {t("behind.more", { n: format.number(total - cards.length) })}
                  </Button>
                ) : null}
              </>
            );
          }}
        </Loaded>
      </Stack>
    </Drawer>
  );
}
