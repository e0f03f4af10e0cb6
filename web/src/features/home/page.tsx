import { keepPreviousData, useQueries, useQuery, type UseQueryOptions } from "@tanstack/react-query";
import { useSearch } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import { homeQuery } from "@/api/queries";
import { list } from "@/api/client";
import { useText } from "@/locale";
import { useMay, useSession } from "@/shell/session";
import { Page, Panel } from "@/ui/page";
import { Computing, Empty, Failing } from "@/ui/states";
import { Begin, beginQueries } from "./begin";
import { daysToAsk, readPeriod } from "./numbers";
import { ShopWaiting } from "./waiting";

// Fetched while the numbers are, not after them; once more when that fails.
const loadShop = () => import("./shop");
loadShop().catch(() => undefined);
const Shop = lazy(loadShop);

/** The first page: on the first day the way to a first insight, afterwards the shop. */
export default function Home() {
  const { t } = useText();
  const { user } = useSession();
  const mayData = useMay("data:read");
  const search: { period?: string } = useSearch({ strict: false });
  const period = readPeriod(search.period);
  const numbers = useQuery({ ...homeQuery(daysToAsk(period)), placeholderData: keepPreviousData });
  useQueries({ queries: beginQueries.map((query) => ({ ...query, enabled: mayData })) as UseQueryOptions[] }); // asked for with the numbers, not after them
  const selling = list(numbers.data?.days).some((day) => day.orders > 0);
  const computing = numbers.data?.computing ?? false;
  return (
    <Page title={t("home.title", { name: user.name })} lead={numbers.data && !selling && !computing ? t("home.lead") : undefined}>
      {numbers.data ? (
        selling ? (
          <Suspense fallback={<ShopWaiting />}>
            <Shop numbers={numbers.data} period={period} busy={numbers.isPlaceholderData} />
          </Suspense>
        ) : computing ? (
          <Panel>
            <Computing />
          </Panel>
        ) : mayData ? null : (
          <Panel>
            <Empty title={t("home.no_orders")}>{t("home.no_orders_text")}</Empty>
          </Panel>
        )
      ) : numbers.error ? (
        <Panel>
          <Failing error={numbers.error} onRetry={() => void numbers.refetch()} />
        </Panel>
      ) : (
        <ShopWaiting />
      )}
      {mayData && (numbers.data ?? numbers.error) ? <Begin selling={selling} /> : null}
    </Page>
  );
}
