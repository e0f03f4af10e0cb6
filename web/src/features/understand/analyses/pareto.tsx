import { useElementSize } from "@mantine/hooks";
import { flag, onMarkKey } from "@/ui/chart/marks";
import css from "./pareto.module.css";

export interface Block {
  key: string;
  title: string;
  /** In the block, where it has room. */
  label: string;
  /** Its part of all who count, and of all revenue. */
  count: number;
  revenue: number;
}

interface ParetoProps {
  label: string;
  blocks: Block[];
  /** Shares of all who count, with the share of revenue they make; the corners of the blocks where it is not known better. */
  curve: [count: number, revenue: number][];
  axes: { count: string; revenue: string };
  write: (share: number) => string;
  onOpen?: ((index: number) => void) | undefined;
  active: number | undefined;
  onActive: (index: number | undefined) => void;
}

const left = 48;
const top = 16;
const bottom = 40;
const height = 360;
const parts = [0, 0.25, 0.5, 0.75, 1];

/** How few make how much: the share of revenue over the share of those who make it, those with most first (Pareto). */
export function Pareto({ label, blocks, curve, axes, write, onOpen, active, onActive }: ParetoProps) {
  const { ref, width } = useElementSize();
  const inner = Math.max(1, Math.min(720, width) - left - 24);
  const x = (share: number) => left + inner * share;
  const y = (share: number) => top + (height - top - bottom) * (1 - share);
  const before = (i: number, of: "count" | "revenue") => blocks.slice(0, i).reduce((all, block) => all + block[of], 0);
  return (
    <div ref={ref} className={css.chart} style={{ height }}>
      {width > 0 ? (
        <svg width={Math.min(720, width)} height={height} role="group" aria-label={label} onMouseLeave={() => onActive(undefined)}>
          <g aria-hidden>
            {parts.map((share) => (
              <g key={share}>
                <line x1={left} x2={left + inner} y1={y(share)} y2={y(share)} className={css.grid} />
                <text x={left - 8} y={y(share) + 4} textAnchor="end" className={css.axis}>
                  {write(share)}
                </text>
                <text x={x(share)} y={height - bottom + 16} textAnchor="middle" className={css.axis}>
                  {write(share)}
                </text>
              </g>
            ))}
            <text x={left + inner} y={height - 6} textAnchor="end" className={css.axis}>
              {`${axes.count} →`}
            </text>
            <text x={0} y={10} className={css.axis}>
              {`↑ ${axes.revenue}`}
            </text>
          </g>
          <g>
            {blocks.map((block, i) => {
              const [count, revenue] = [before(i, "count"), before(i, "revenue")];
              const open = onOpen ? () => onOpen(i) : undefined;
              const wide = inner * block.count;
              return (
                <g key={block.key} role={open ? "button" : "img"} aria-label={block.title} tabIndex={i === (active ?? 0) ? 0 : -1} className={css.mark} data-shut={flag(!open)} data-active={flag(i === active)} onMouseEnter={() => onActive(i)} onFocus={() => onActive(i)} onClick={open} onKeyDown={(e) => onMarkKey(e, i, open)}>
                  <rect className={css.column} x={x(count)} y={top} width={wide} height={height - top - bottom} />
                  <rect className={css.block} data-class={i} x={x(count)} y={y(revenue + block.revenue)} width={wide} height={y(revenue) - y(revenue + block.revenue)} />
                </g>
              );
            })}
          </g>
          <g aria-hidden className={css.over}>
            <line x1={x(0)} y1={y(0)} x2={x(1)} y2={y(1)} className={css.even} />
            <polyline className={css.curve} points={[[0, 0] as const, ...curve].map(([c, r]) => `${x(c).toFixed(1)},${y(r).toFixed(1)}`).join(" ")} />
            {blocks.map((block, i) => {
              return block.count > 0 ? <circle key={block.key} className={css.dot} cx={x(before(i + 1, "count"))} cy={y(before(i + 1, "revenue"))} r={4} /> : null;
            })}
            {blocks.map((block, i) => (
              <text key={block.key} x={x(before(i, "count") + block.count / 2)} y={height - bottom - 8} textAnchor="middle" className={css.name}>
                {inner * block.count > 16 ? block.label : ""}
              </text>
            ))}
          </g>
        </svg>
      ) : null}
    </div>
  );
}
