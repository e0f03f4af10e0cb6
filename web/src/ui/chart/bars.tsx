import { useElementSize } from "@mantine/hooks";
import { useId } from "react";
import { onMarkKey } from "./marks";
import { roomy, ticks } from "./scale";
import css from "./bars.module.css";

export interface Bar {
  key: string;
  /** Below the bar; nothing where there is no room for every one. */
  label?: string | undefined;
  /** All of it in words. */
  title: string;
  /** From the bottom up. */
  parts: { value: number; tone: Tone }[];
  /** Not over yet: drawn hatched. */
  open?: boolean;
  /** Above the bar. */
  note?: string | undefined;
}

/** Colours mean the same everywhere: those who come for the first time, those who come again, and everything. */
export type Tone = "new" | "returning" | "plain";

interface BarsProps {
  bars: Bar[];
  /** What the chart shows, for screen readers. */
  label: string;
  height?: number;
  /** Writes a value at the axis. */
  write: (value: number) => string;
  /** Where a line goes across, such as an average. */
  line?: number | undefined;
  /** Shares of a whole, one for each bar, drawn as a line over them; the whole is as tall as the axis. */
  curve?: { share: number; label: string }[];
  /** Opens a bar; without it there is nothing to open. */
  onOpen?: ((index: number) => void) | undefined;
  /** The bar that is looked at. */
  active: number | undefined;
  onActive: (index: number | undefined) => void;
}

const left = 58;
const top = 18;
const bottom = 22;

/** Bars over time, from zero. Each can be opened; arrows move between them. */
export function Bars({ bars, label, height = 260, write, line, curve, onOpen, active, onActive }: BarsProps) {
  const { ref, width } = useElementSize();
  const hatch = useId();
  const total = (bar: Bar) => bar.parts.reduce((sum, part) => sum + Math.max(0, part.value), 0);
  const most = Math.max(...bars.map(total), line ?? 0, 0);
  const lines = ticks(most);
  const ceiling = Math.max(lines.at(-1) ?? 0, Number.MIN_VALUE);
  const inner = Math.max(0, width - left - 4);
  const slot = inner / Math.max(bars.length, 1);
  const bar = Math.max(1, Math.min(44, slot * (slot > 12 ? 0.72 : 0.82)));
  const y = (value: number) => top + (height - top - bottom) * (1 - value / ceiling);
  const labels = roomy(bars.map((one) => one.label), slot);
  const focusable = active ?? bars.length - 1;

  return (
    <div ref={ref} className={css.chart} style={{ height }}>
      {width > 0 ? (
        <svg width={width} height={height} role="group" aria-label={label} onMouseLeave={() => onActive(undefined)}>
          <defs>
            {(["new", "returning", "plain"] as const).map((tone) => (
              <pattern key={tone} id={`${hatch}${tone}`} width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
                <rect width="2.5" height="6" className={css.part} data-tone={tone} />
              </pattern>
            ))}
          </defs>
          {lines.map((value) => (
            <g key={value} aria-hidden>
              <line x1={left} x2={width} y1={y(value)} y2={y(value)} className={css.grid} {...(value === 0 ? { "data-zero": true } : {})} />
              <text x={left - 8} y={y(value) + 4} textAnchor="end" className={css.axis}>
                {write(value)}
              </text>
            </g>
          ))}
          <g>
            {bars.map((one, i) => {
              const x = left + slot * i + (slot - bar) / 2;
              let base = 0;
              return (
                <g key={one.key} role={onOpen ? "button" : "img"} data-shut={onOpen ? undefined : true} aria-label={one.title} tabIndex={i === focusable ? 0 : -1} className={css.mark} {...(i === active ? { "data-active": true } : {})} onMouseEnter={() => onActive(i)} onFocus={() => onActive(i)} onClick={() => onOpen?.(i)} onKeyDown={(e) => onMarkKey(e, i, onOpen)}>
                  <rect className={css.hit} x={left + slot * i} y={top - 16} width={slot} height={height - top - bottom + 16} />
                  {one.parts.map((part) => {
                    const from = base;
                    base += Math.max(0, part.value);
                    const tall = y(from) - y(base);
                    return tall > 0 ? (
                      <rect key={part.tone} className={css.part} data-tone={part.tone} x={x} y={y(base)} width={bar} height={Math.max(tall, 1)} {...(one.open ? { "data-open": true, style: { fill: `url(#${hatch}${part.tone})` } } : {})} />
                    ) : null;
                  })}
                </g>
              );
            })}
          </g>
          <g aria-hidden className={css.notes}>
            {bars.map((one, i) =>
              one.note ? (
                <text key={one.key} x={left + slot * (i + 0.5)} y={y(total(one)) - 5} textAnchor="middle" className={css.note}>
                  {one.note}
                </text>
              ) : null,
            )}
            {bars.map((one, i) =>
              labels[i] ? (
                <text key={one.key} x={left + slot * (i + 0.5)} y={height - 6} textAnchor="middle" className={css.axis}>
                  {labels[i]}
                </text>
              ) : null,
            )}
          </g>
          {curve ? (
            <g aria-hidden className={css.notes}>
              <polyline className={css.curve} points={curve.map((c, i) => `${left + slot * (i + 0.5)},${y(c.share * ceiling)}`).join(" ")} />
              {curve.map((c, i) => (
                <g key={bars[i]?.key}>
                  <circle className={css.dot} cx={left + slot * (i + 0.5)} cy={y(c.share * ceiling)} r={3.5} />
                  <text x={left + slot * (i + 0.5)} y={y(c.share * ceiling) - 8} textAnchor="middle" className={css.note}>
                    {c.label}
                  </text>
                </g>
              ))}
            </g>
          ) : null}
          {line ? <line x1={left} x2={width} y1={y(line)} y2={y(line)} className={css.line} aria-hidden /> : null}
        </svg>
      ) : null}
    </div>
  );
}
