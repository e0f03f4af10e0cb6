import { useElementSize } from "@mantine/hooks";
import type { PointerEvent } from "react";
import { flag } from "./marks";
import { shareTicks, ticks } from "./scale";
import css from "./curves.module.css";

export interface CurvePoint {
  x: number;
  value: number;
  low: number;
  high: number;
}

export interface Curve {
  key: string;
  /** At the end of the curve. */
  label: string;
  /** Steps: a value holds until the next point. */
  points: CurvePoint[];
}

interface CurvesProps {
  curves: Curve[];
  label: string;
  /** Where the picture ends. */
  until: number;
  write: (share: number) => string;
  writeX: (x: number) => string;
  /** Lines down from the curve, with what they are called. */
  levels?: { x: number; label: string }[];
  active: number | undefined;
  onActive: (x: number | undefined) => void;
}

const left = 46;
const top = 14;
const bottom = 26;
const height = 320;

/** The value of a step curve. */
export const valueAt = (points: readonly CurvePoint[], x: number): CurvePoint | undefined => points.findLast((p) => p.x <= x);

/** Curves of shares that rise in steps from zero, with their intervals as bands. */
export function Curves({ curves, label, until, write, writeX, levels = [], active, onActive }: CurvesProps) {
  const { ref, width } = useElementSize();
  const right = Math.max(36, ...curves.map((c) => 9 * c.label.length + 12));
  const most = Math.max(...curves.flatMap((c) => c.points.filter((p) => p.x <= until).map((p) => Math.min(p.high, p.value + 0.2))), 0.1);
  const shares = shareTicks(Math.min(1, most));
  const ceiling = shares.at(-1) ?? 1;
  const inner = Math.max(1, width - left - right);
  const x = (value: number) => left + (inner * value) / Math.max(1, until);
  const y = (share: number) => top + (height - top - bottom) * (1 - Math.min(ceiling, share) / ceiling);
  const days = ticks(until).filter((day) => day <= until);

  const point = (event: PointerEvent<SVGSVGElement>) => {
    const at = Math.round(((event.clientX - event.currentTarget.getBoundingClientRect().left - left) / inner) * until);
    onActive(at >= 0 && at <= until ? at : undefined);
  };

  return (
    <div ref={ref} className={css.chart} style={{ height }}>
      {width > 0 ? (
        <svg width={width} height={height} role="img" aria-label={label} onPointerMove={point} onPointerLeave={() => onActive(undefined)}>
          {shares.map((share) => (
            <g key={share}>
              <line x1={left} x2={left + inner} y1={y(share)} y2={y(share)} className={css.grid} data-zero={flag(share === 0)} />
              <text x={left - 8} y={y(share) + 4} textAnchor="end" className={css.axis}>
                {write(share)}
              </text>
            </g>
          ))}
          {days.map((day) => (
            <text key={day} x={x(day)} y={height - 8} textAnchor="middle" className={css.axis}>
              {writeX(day)}
            </text>
          ))}
          {curves.map((curve, i) => {
            const shown = steps(curve.points, until);
            const last = shown.at(-1);
            return (
              <g key={curve.key} data-tone={i} className={css.curve}>
                <path className={css.band} d={band(shown, x, y)} />
                <path className={css.line} d={path(shown.map((p) => [x(p.x), y(p.value)]))} />
                {last ? (
                  <text x={x(last.x) + 6} y={y(last.value) + 4} className={css.label}>
                    {curve.label}
                  </text>
                ) : null}
              </g>
            );
          })}
          {levels.map((level, i) => (
            <g key={level.label} className={css.level}>
              <line x1={x(level.x)} x2={x(level.x)} y1={top} y2={y(0)} />
              <text x={x(level.x) + 4} y={y(0) - 10 - 15 * (levels.length - 1 - i)}>
                {level.label}
              </text>
            </g>
          ))}
          {active !== undefined ? (
            <g className={css.cursor}>
              <line x1={x(active)} x2={x(active)} y1={top} y2={y(0)} />
              {curves.map((curve) => {
                const at = valueAt(curve.points, active);
                return at ? <circle key={curve.key} cx={x(active)} cy={y(at.value)} r={4} /> : null;
              })}
            </g>
          ) : null}
        </svg>
      ) : null}
    </div>
  );
}

/** The corners of a step curve from zero to an end. */
function steps(points: readonly CurvePoint[], until: number): CurvePoint[] {
  const corners: CurvePoint[] = [{ x: 0, value: 0, low: 0, high: 0 }];
  for (const p of points) {
    if (p.x > until) break;
    const before = corners.at(-1);
    if (before) corners.push({ ...before, x: p.x });
    corners.push(p);
  }
  return corners;
}

const path = (points: [number, number][]): string => points.map(([x, y], i) => `${i === 0 ? "M" : "L"}${x.toFixed(1)} ${y.toFixed(1)}`).join("");

const band = (points: readonly CurvePoint[], x: (v: number) => number, y: (v: number) => number): string =>
  `${path([...points.map((p): [number, number] => [x(p.x), y(p.high)]), ...points.toReversed().map((p): [number, number] => [x(p.x), y(p.low)])])}Z`;
