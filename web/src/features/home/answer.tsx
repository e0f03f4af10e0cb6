import { list } from "@/api/client";
import { useText } from "@/locale";
import { useFormat } from "@/ui/format";
import { compared, sum, type Day, type Today } from "./numbers";
import css from "./shop.module.css";

interface AnswerProps {
  today: Today;
  yesterday: Day | undefined;
  currency: string;
  onOpen: (day: string) => void;
}

/** How it goes, in a sentence with its number: today until now, against the same weekday until the same time. */
export function Answer({ today, yesterday, currency, onOpen }: AnswerProps) {
  const { t } = useText();
  const format = useFormat();
  const { so_far: now, until } = today;
  const amount = list(now.revenue).map((r) => format.money(r.net, r.currency)).join(t("list.separator"));
  const clock = format.clock(until);
  const people = (day: string, count: number, key: string) =>
    count > 0 ? (
      <button type="button" className={css.people} onClick={() => onOpen(day)}>
        {t(key, { count, n: format.number(count) })}
      </button>
    ) : null;
  return (
    <div className={css.answer}>
      <p className={css.main}>
        <strong>{now.orders > 0 && amount ? t("shop.today", { clock, amount, orders: format.number(now.orders) }) : t("shop.today_none", { clock })}</strong>
        <Usual today={today} currency={currency} /> {people(format.isoDay(until), now.buyers, "shop.people_today")}
      </p>
      {yesterday ? (
        <p>
          {t("shop.yesterday", { day: format.date(yesterday.date), amount: format.money(sum([yesterday], currency).net, currency) })} {people(yesterday.day, yesterday.new + yesterday.returning, "shop.people_yesterday")}
        </p>
      ) : null}
    </div>
  );
}

/** What today is compared with, and how it compares. */
function Usual({ today, currency }: { today: Today; currency: string }) {
  const { t } = useText();
  const format = useFormat();
  const told = compared(today, currency);
  if (!told) return t("shop.usual_not_yet");
  const { net, usual, weeks, low, high } = told;
  const against = { weekday: format.weekday(today.until), weeks, count: weeks };
  if (usual <= 0) return t("shop.usual_zero", against);
  const median = format.money(usual, currency);
  if (net === 0) return t("shop.usual_was", { ...against, usual: median });
  const share = net / usual - 1;
  const pace = t(Math.abs(share) < 0.005 ? "shop.usual_same" : share > 0 ? "shop.usual_more" : "shop.usual_less", { ...against, usual: median, share: format.percent(Math.abs(share)) });
  if (weeks < 2) return pace;
  const range = { low: format.money(low, currency), high: format.money(high, currency) };
  return pace + t(net > high ? "shop.range_above" : net < low ? "shop.range_below" : "shop.range_within", range);
}
