import { useText } from "@/locale";
import { useFormat } from "@/ui/format";
import type { Period } from "./numbers";
import css from "./shop.module.css";

/** What the chart can show. */
export type Metric = "revenue" | "orders" | "new" | "returning" | "active";

export interface Tile {
  metric: Metric | "share";
  value: number | undefined;
  before: number | undefined;
  /** A share; of shares, points. */
  change: number | undefined;
  /** The change is no greater than the days differ anyhow. */
  steady: boolean;
}

interface TilesProps {
  tiles: Tile[];
  metric: Metric;
  period: Period;
  currency: string;
  onMetric: (metric: Metric) => void;
}

/** The numbers of the period with those before; pressing one shows it by day. */
export function Tiles({ tiles, metric, period, currency, onMetric }: TilesProps) {
  const { t } = useText();
  const format = useFormat();
  const write = (tile: Tile, value: number | undefined) => {
    if (value === undefined) return "–";
    if (tile.metric === "revenue") return format.money(value, currency);
    if (tile.metric === "share") return format.percent(value, 1);
    return format.number(value, tile.metric === "active" ? 1 : 0);
  };
  const inside = (tile: Tile) => (
    <>
      <span className={css.tileName}>{t(`shop.tile_${tile.metric}`)}</span>
      <span className={css.tileValue}>{write(tile, tile.value)}</span>
      <span className={css.tileNote}>
        <Change tile={tile} period={period} /> {tile.before === undefined ? null : t("shop.before", { days: period, value: write(tile, tile.before) })}
      </span>
    </>
  );
  return (
    <div className={css.tiles} role="group" aria-label={t("shop.tiles")}>
      {tiles.map((tile) => {
        const to = tile.metric;
        return to === "share" ? (
          <div key={to} className={css.tile}>
            {inside(tile)}
          </div>
        ) : (
          <button key={to} type="button" className={css.tile} aria-pressed={to === metric} onClick={() => onMetric(to)}>
            {inside(tile)}
          </button>
        );
      })}
    </div>
  );
}

function Change({ tile, period }: { tile: Tile; period: Period }) {
  const { t } = useText();
  const format = useFormat();
  const { change } = tile;
  if (change === undefined) return null;
  const points = tile.metric === "share";
  const flat = Math.abs(change) < 0.0005;
  const size = points ? t("shop.points", { n: format.number(Math.abs(change) * 100, 1) }) : format.percent(Math.abs(change), Math.abs(change) < 0.1 ? 1 : 0);
  return (
    <span className={css.change} data-tone={flat || tile.steady ? undefined : change > 0 ? "good" : "bad"}>
      <span aria-hidden>{flat ? "±" : change > 0 ? "▲" : "▼"}</span>
      <span className={css.unseen}>{t(flat ? "shop.same" : change > 0 ? "shop.up" : "shop.down", { days: period })}</span>
      {flat ? "0" : size}
      {tile.steady ? <span className={css.unseen}>{t("shop.steady")}</span> : null}
    </span>
  );
}
