import { useElementSize } from "@mantine/hooks";
import { flag, onMarkKey } from "./marks";
import { clipped, roomy, shareTicks, ticks, widthOf } from "./scale";
import css from "./rows.module.css";

export interface RowMark {
  key: string;
  label: string;
  /** Below the label. */
  note?: string | undefined;
  /** All of it in words. */
  title: string;
  value: number;
  /** The ends of its interval; drawn as a point then, not as a bar. */
  low?: number;
  high?: number;
  /** At the end. */
  text: string;
  /** Too few people to go by. */
  faint?: boolean;
}

interface RowsProps {
  label: string;
  rows: RowMark[];
  /** Writes a value at the axis. */
  write: (value: number) => string;
  /** The values are shares. */
  shares?: boolean;
  /** Where a line goes down, such as the share of all. */
  line?: { value: number; label: string } | undefined;
  onOpen?: ((index: number) => void) | undefined;
  active: number | undefined;
  onActive: (index: number | undefined) => void;
}

const top = 24;

/** Values one below the other, from zero: bars, or points with their intervals. */
export function Rows({ label, rows, write, shares, line, onOpen, active, onActive }: RowsProps) {
  const { ref, width } = useElementSize();
  const tall = rows.some((row) => row.note) ? 42 : 28;
  const longest = Math.max(...rows.flatMap((row) => [widthOf(row.label) * 1.12, widthOf(row.note ?? "")]), 0) + 20;
  const left = Math.min(longest, Math.max(112, width * 0.34));
  const right = Math.max(...rows.map((row) => widthOf(row.text) * 1.08), 0) + 16;
  const most = Math.max(...rows.map((row) => row.high ?? row.value), line?.value ?? 0, 0);
  const lines = shares ? shareTicks(most) : ticks(most);
  const end = Math.max(lines.at(-1) ?? 0, Number.MIN_VALUE);
  const inner = Math.max(1, width - left - right);
  const x = (value: number) => left + (inner * value) / end;
  const height = top + tall * rows.length + 6;
  const names = roomy(lines.map(write), inner / Math.max(1, lines.length - 1));
  return (
    <div ref={ref} className={css.chart} style={{ minHeight: height }}>
      {width > 0 ? (
        <svg width={width} height={height} role="group" aria-label={label} onMouseLeave={() => onActive(undefined)}>
          <g aria-hidden>
            {lines.map((value, i) => (
              <g key={value}>
                <line x1={x(value)} x2={x(value)} y1={top - 4} y2={height} className={css.grid} data-zero={flag(value === 0)} />
                <text x={x(value)} y={top - 10} textAnchor="middle" className={css.axis}>
                  {names[i]}
                </text>
              </g>
            ))}
          </g>
          <g>
            {rows.map((row, i) => {
              const open = onOpen ? () => onOpen(i) : undefined;
              const y = top + tall * i;
              const middle = y + tall / 2;
              return (
                <g key={row.key} role={open ? "button" : "img"} aria-label={row.title} tabIndex={i === (active ?? 0) ? 0 : -1} className={css.mark} data-shut={flag(!open)} data-active={flag(i === active)} data-faint={flag(row.faint)} onMouseEnter={() => onActive(i)} onFocus={() => onActive(i)} onClick={open} onKeyDown={(e) => onMarkKey(e, i, open, 1)}>
                  <rect className={css.hit} x={0} y={y} width={width} height={tall} />
                  {row.low !== undefined && row.high !== undefined ? (
                    <>
                      <line className={css.interval} x1={x(row.low)} x2={x(row.high)} y1={middle} y2={middle} />
                      <line className={css.interval} x1={x(row.low)} x2={x(row.low)} y1={middle - 4} y2={middle + 4} />
                      <line className={css.interval} x1={x(row.high)} x2={x(row.high)} y1={middle - 4} y2={middle + 4} />
                      <circle className={css.point} cx={x(row.value)} cy={middle} r={4.5} />
                    </>
                  ) : (
                    <rect className={css.bar} x={left} y={y + tall * 0.18} width={Math.max(0, x(row.value) - left)} height={tall * 0.64} />
                  )}
                </g>
              );
            })}
          </g>
          <g aria-hidden className={css.texts}>
            {rows.map((row, i) => {
              const middle = top + tall * (i + 0.5);
              return (
                <g key={row.key} data-faint={flag(row.faint)}>
                  <text x={left - 10} y={row.note ? middle - 3 : middle + 4} textAnchor="end" className={css.name}>
                    {clipped(row.label, left - 12)}
                  </text>
                  {row.note ? (
                    <text x={left - 10} y={middle + 12} textAnchor="end" className={css.axis}>
                      {clipped(row.note, left - 12)}
                    </text>
                  ) : null}
                  <text x={x(row.high ?? row.value) + 8} y={middle + 4} className={css.value}>
                    {row.text}
                  </text>
                </g>
              );
            })}
          </g>
          {line ? (
            <g aria-hidden className={css.reference}>
              <line x1={x(line.value)} x2={x(line.value)} y1={top - 4} y2={height} />
            </g>
          ) : null}
        </svg>
      ) : null}
    </div>
  );
}
