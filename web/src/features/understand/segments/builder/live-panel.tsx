import { Skeleton } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { list } from "@/api/client";
import { Level, useName } from "@/features/customers/names";
import { useText } from "@/locale";
import { useFormat } from "@/ui/format";
import { Panel, Text } from "@/ui/page";
import { Notice } from "@/ui/states";
import type { Live } from "./live";
import css from "./builder.module.css";

/** An estimate to the figures that it is good for. */
const rough = (size: number) => Number(size.toPrecision(3));

/** How many people it is, and some of them, while the conditions are written. */
export function LivePanel({ live, skipped }: { live: Live; skipped: number }) {
  const { t } = useText();
  const format = useFormat();
  const name = useName();
  const { preview, old, asked, problem, marks } = live;
  const sample = list(preview?.sample);
  const size = preview?.estimated ? rough(preview.size) : (preview?.size ?? 0);
  return (
    <Panel title={t("segments.live")}>
      <div className={css.live} data-old={(asked && old) || undefined}>
        {!asked ? (
          <p className="soft">{t("segments.live_nothing")}</p>
        ) : preview ? (
          <>
            <p className={css.size} role="status" aria-live="polite">
              <strong className="num">{t(preview.estimated ? "segments.people_about" : "segments.people", { n: format.number(size), count: size })}</strong>
              <span className="soft num">{t("segments.share_of_all", { share: format.percent(preview.everybody ? preview.size / preview.everybody : 0, 1), total: format.number(preview.everybody) })}</span>
            </p>
            {preview.estimated ? <p className="soft">{t("segments.live_estimated")}</p> : null}
            <p className={css.said}>{preview.sentence}</p>
            {sample.length > 0 ? (
              <>
                <h3 className={css.small}>{t("segments.sample")}</h3>
                <ul className={css.sample}>
                  {sample.map((card) => (
                    <li key={card.id}>
                      <Link to="/customers/$id" params={{ id: card.id }} target="_blank">
                        <Text clip>{name(card)}</Text>
                      </Link>
                      <Level level={card.level} />
                    </li>
                  ))}
                </ul>
              </>
            ) : preview.estimated ? null : (
              <p className="soft">{t("segments.live_nobody")}</p>
            )}
          </>
        ) : problem || marks.size > 0 ? null : (
          <div aria-busy="true">
            <Skeleton height={34} width={140} mb={12} />
            <Skeleton height={13} mb={8} />
            <Skeleton height={13} width="70%" />
          </div>
        )}
      </div>
      {marks.size > 0 ? <Notice tone="bad">{t("segments.live_faults")}</Notice> : null}
      {problem ? (
        <Notice tone="bad" alert>
          {problem.message}
        </Notice>
      ) : null}
      {skipped > 0 && asked ? <p className="soft">{t("segments.live_skipped", { count: skipped })}</p> : null}
    </Panel>
  );
}
