import { useText } from "@/locale";
import { useFormat } from "@/ui/format";
import { usual, type Day } from "./numbers";
import css from "./shop.module.css";

interface AnswerProps {
  days: Day[];
  today: Day | undefined;
  currency: string;
  computed: string;
  onOpen: (day: string) => void;
}

/** How it went, in a sentence with its number. Today is not compared: nobody knows how the rest of it goes. */
export function Answer({ days, today, currency, computed, onOpen }: AnswerProps) {
  const { t } = useText();
  const format = useFormat();
  const told = usual(days, currency);
  const so = today?.revenue.map((r) => format.money(r.net, r.currency)).join(t("list.separator"));
  const people = (day: Day, key: string) => {
    const count = day.new + day.returning;
    return count > 0 ? (
      <button type="button" className={css.people} onClick={() => onOpen(day.day)}>
        {t(key, { count, n: format.number(count) })}
      </button>
    ) : null;
  };
  const compared = () => {
    if (!told || told.weeks < 2 || told.mean === 0) return "";
    const share = told.net / told.mean - 1;
    const args = { weekday: format.weekday(told.day.date), weeks: told.weeks, mean: format.money(Math.round(told.mean), currency), share: format.percent(Math.abs(share)), low: format.money(told.low, currency), high: format.money(told.high, currency) };
    const usually = t(Math.abs(share) < 0.005 ? "shop.usual_same" : share > 0 ? "shop.usual_more" : "shop.usual_less", args);
    return `${usually}${t(told.net > told.high ? "shop.range_above" : told.net < told.low ? "shop.range_below" : "shop.range_within", args)}`;
  };
  return (
    <div className={css.answer}>
      {told ? (
        <p className={css.main}>
          <strong>{t("shop.yesterday", { day: format.date(told.day.date), amount: format.money(told.net, currency) })}</strong>
          {compared()} {people(told.day, "shop.people_yesterday")}
        </p>
      ) : null}
      {today ? (
        <p>
          {today.orders > 0 && so ? t("shop.today", { clock: format.clock(computed), amount: so, orders: format.number(today.orders) }) : t("shop.today_none", { clock: format.clock(computed) })} {people(today, "shop.people_today")}
        </p>
      ) : null}
    </div>
  );
}
