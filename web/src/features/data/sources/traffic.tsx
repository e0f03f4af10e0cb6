import { useQuery } from "@tanstack/react-query";
import { notificationsQuery, trafficQuery } from "@/api/queries";
import type { Source } from "@/api/types";
import { useText } from "@/locale";
import { useFormat } from "@/ui/format";
import { useNow } from "@/ui/now";
import { Stack } from "@/ui/page";
import { Loading, Notice, ProblemNotice } from "@/ui/states";
import css from "./sources.module.css";

/** After how many days without an event it is asked whether a source is still in use. */
const longAgo = 30;

/** What has come from a source, when the last of it did, and whether it has gone quiet. */
export function Traffic({ source }: { source: Source }) {
  const { t } = useText();
  const format = useFormat();
  const now = useNow();
  const traffic = useQuery(trafficQuery);
  const { data: told } = useQuery(notificationsQuery);
  if (!traffic.data) return traffic.error ? <ProblemNotice error={traffic.error} /> : <Loading lines={1} />;
  const own = traffic.data.find((one) => one.source === source.id);
  const silent = told?.notifications.find((notice) => notice.id === `silent:${source.id}`);
  const days = own ? (now - Date.parse(own.last)) / 86_400_000 : 0;
  return (
    <Stack>
      <dl className={css.traffic}>
        <dt>{t("sources.last")}</dt>
        <dd className="num">
          {own ? (
            <>
              <time dateTime={own.last}>{format.moment(own.last)}</time> <span className="soft">({format.relative(own.last, new Date(now))})</span>
            </>
          ) : (
            t("sources.nothing_yet")
          )}
        </dd>
        <dt>{t("sources.events")}</dt>
        <dd className="num">{t("sources.count", { count: format.number(own?.events ?? 0) })}</dd>
      </dl>
      {silent ? (
        <Notice tone="warn">
          {silent.text} {t("sources.silent_hint")}
        </Notice>
      ) : source.kind === "sdk" && days > longAgo ? (
        <Notice>{t("sources.long_ago", { days: longAgo })}</Notice>
      ) : null}
    </Stack>
  );
}
