import { Checkbox } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useText, type Translate } from "@/locale";
import { useFormat, type Format } from "@/ui/format";
import { Text } from "@/ui/page";
import { Empty, Loaded } from "@/ui/states";
import { profileQuery } from "../queries";
import type { ProfileRow, Segment } from "../types";
import css from "./segment.module.css";

/** What is different about the people of a segment: what is sure first, small samples greyed. */
export default function Profile({ segment }: { segment: Segment }) {
  const profile = useQuery(profileQuery(segment.id));
  return (
    <div className={css.inset}>
      <Loaded query={profile} lines={8}>
        {({ size, everybody, rows }) => <Rows size={size} everybody={everybody} rows={rows} />}
      </Loaded>
    </div>
  );
}

function Rows({ size, everybody, rows }: { size: number; everybody: number; rows: ProfileRow[] }) {
  const { t } = useText();
  const format = useFormat();
  const [unsure, setUnsure] = useState(false);
  const sure = rows.filter((row) => row.sure);
  const shown = unsure ? [...sure, ...rows.filter((row) => !row.sure)] : sure;
  if (rows.length === 0) return <Empty title={t("segments.profile_none")}>{t("segments.profile_none_text")}</Empty>;
  const most = sure.slice(0, 3).map((row) => tell(row, t, format));
  return (
    <>
      <p className={css.answer}>{most.length > 0 ? t("segments.profile_answer", { what: most.join(t("segments.profile_join")) }) : t("segments.profile_unsure")}</p>
      <ul className={css.rows}>
        {shown.map((row) => (
          <li key={`${row.about} ${row.name} ${row.value ?? ""}`} {...(row.sure ? {} : { "data-unsure": true })}>
            <Row row={row} />
          </li>
        ))}
      </ul>
      {rows.length > sure.length ? <Checkbox mt={12} size="xs" label={t("segments.profile_show_unsure", { n: rows.length - sure.length })} checked={unsure} onChange={() => setUnsure(!unsure)} /> : null}
      <p className="soft">{t("segments.profile_says", { size: format.number(size), everybody: format.number(everybody) })}</p>
    </>
  );
}

/** The value of a row as people call it. */
function valueOf(row: ProfileRow, t: Translate): string | undefined {
  if (!row.value) return undefined;
  return row.about === "level" ? t(`level.${row.value}`) : row.value;
}

/** A row in words: how much more, or less. */
function tell(row: ProfileRow, t: Translate, format: Format): string {
  const value = valueOf(row, t);
  const times = format.number(row.lift, row.lift < 10 ? 1 : 0);
  if (value !== undefined) return t("segments.profile_value", { title: row.title, value, times });
  return t("segments.profile_mean", { title: row.title, mean: amount(row.mean_in, row, t, format), times });
}

/** A mean with its unit. */
function amount(value: number | undefined, { about, name, unit = "" }: ProfileRow, t: Translate, format: Format): string {
  if (value === undefined) return "–";
  const n = format.number(value, Math.abs(value) < 10 ? 2 : Math.abs(value) < 100 ? 1 : 0);
  if (["times", "days", "pieces", "points", "people", "years"].includes(unit)) return t(`feature.${unit}`, { n });
  if (unit === "percent") return format.percent(value / 100, 1);
  if (!/^[A-Z]{3}$/.test(unit)) return n;
  // Features that are derived are in minor units; what events and customers tell is in the currency itself.
  const derived = about === "feature" && !name.startsWith("own.");
  return format.money(derived ? Math.round(value) : value / format.major(1, unit), unit);
}

function Row({ row }: { row: ProfileRow }) {
  const { t } = useText();
  const format = useFormat();
  const value = valueOf(row, t);
  const [inside, everybody] = value === undefined ? [row.mean_in, row.mean_all] : [row.share_in, row.share_all];
  const write = (n: number | undefined) => (value === undefined ? amount(n, row, t, format) : format.percent(n ?? 0, 1));
  const most = Math.max(Math.abs(inside ?? 0), Math.abs(everybody ?? 0), Number.MIN_VALUE);
  const wide = (n: number | undefined) => `${Math.round((Math.abs(n ?? 0) / most) * 100)}%`;
  return (
    <>
      <div className={css.what}>
        <strong>
          <Text>{row.title}</Text>
        </strong>
        {value === undefined ? null : <Text>{value}</Text>}
      </div>
      <div className={css.pair} aria-label={t("segments.profile_pair", { inside: write(inside), everybody: write(everybody) })} role="img">
        <span className={css.inside} style={{ width: wide(inside) }} />
        <span className={`${css.amount} num`}>{write(inside)}</span>
        <span className={css.everybody} style={{ width: wide(everybody) }} />
        <span className={`${css.amount} num soft`}>{write(everybody)}</span>
      </div>
      <div className={css.lift}>
        <strong className="num">{t("segments.profile_times", { times: format.number(row.lift, row.lift < 10 ? 1 : 0) })}</strong>
        <small className="soft num">{row.sure ? t("segments.profile_people", { n: format.number(row.people) }) : t("segments.profile_few", { n: format.number(row.people) })}</small>
      </div>
    </>
  );
}
