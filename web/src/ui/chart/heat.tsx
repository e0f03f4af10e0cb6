import { useElementSize } from "@mantine/hooks";
import type { CSSProperties } from "react";
import { flag, onMarkKey } from "./marks";
import { clipped, widthOf } from "./scale";
import css from "./heat.module.css";

export interface HeatCell {
  /** All of it in words. */
  title: string;
  text: string;
  /** Below the text, where there is room. */
  note?: string | undefined;
  /** How strong the colour is: 0 to 1, and below zero in the other colour. */
  strength: number;
  /** Too few people to go by. */
  faint?: boolean;
  /** Not over yet: with a dashed border. */
  open?: boolean;
  /** Nothing to open. */
  shut?: boolean;
}

export interface HeatHead {
  key: string;
  label: string;
  note?: string | undefined;
}

interface HeatProps {
  /** What the picture shows, for screen readers. */
  label: string;
  rows: HeatHead[];
  columns: HeatHead[];
  /** By row and column; nothing where nothing can be known. */
  cells: (HeatCell | undefined)[][];
  /** How wide the names of rows are. */
  head: number;
  /** The least width of a cell. Where there is no room, the picture is pushed aside. */
  least?: number;
  tall?: number;
  /** Whether the names of columns are too long to stand side by side. */
  slanted?: boolean;
  /** What rows and columns are. */
  axes?: { rows: string; columns: string };
  onOpen?: (row: number, column: number) => void;
  active: string | undefined;
  onActive: (key: string | undefined) => void;
}

export const cellKey = (row: HeatHead, column: HeatHead): string => `${row.key}~${column.key}`;

/** A table in which colour tells size. Each cell can be looked at, and opened where there is something behind it. */
export function Heat({ label, rows, columns, cells, head, least = 44, tall = 44, slanted, axes, onOpen, active, onActive }: HeatProps) {
  const { ref, width } = useElementSize();
  const above = axes ? 18 : 0;
  const top = above + (slanted ? 84 : columns.some((c) => c.note) ? 36 : 22);
  const end = slanted ? 84 : 2; // the last name leans over
  const cell = Math.max(least, Math.min(150, (width - head - end) / Math.max(columns.length, 1)));
  const whole = head + cell * columns.length + end;
  const high = top + tall * rows.length + 2;
  const marks = rows.flatMap((row, r) => columns.flatMap((column, c) => {
    const of = cells[r]?.[c];
    return of ? [{ of, r, c, key: cellKey(row, column) }] : [];
  }));
  const focusable = marks.some((m) => m.key === active) ? active : marks[0]?.key;
  return (
    <div ref={ref} className={css.chart}>
      {width > 0 ? (
        <svg width={whole} height={high} role="group" aria-label={label} onMouseLeave={() => onActive(undefined)}>
          <g aria-hidden>
            {axes ? (
              <>
                <text x={head} y={11} className={css.axis}>
                  {`${axes.columns} →`}
                </text>
                <text x={0} y={top - 6} className={css.axis}>
                  {`${axes.rows} ↓`}
                </text>
              </>
            ) : null}
            {columns.map((column, c) => (
              <g key={column.key} transform={`translate(${head + cell * (c + 0.5)} ${above})`}>
                {slanted ? (
                  <text transform="translate(0 78) rotate(-40)" className={css.name}>
                    {clipped(column.label, 108)}
                  </text>
                ) : (
                  <text y={13} textAnchor="middle" className={css.name}>
                    {clipped(column.label, cell - 4)}
                  </text>
                )}
                {column.note ? (
                  <text y={28} textAnchor="middle" className={css.axis}>
                    {clipped(column.note, cell - 2)}
                  </text>
                ) : null}
              </g>
            ))}
            {rows.map((row, r) => (
              <g key={row.key} transform={`translate(${head - 8} ${top + tall * (r + 0.5)})`}>
                <text y={row.note ? -2 : 4} textAnchor="end" className={css.name}>
                  {clipped(row.label, head - 10)}
                </text>
                {row.note ? (
                  <text y={13} textAnchor="end" className={css.axis}>
                    {clipped(row.note, head - 10)}
                  </text>
                ) : null}
              </g>
            ))}
          </g>
          <g>
            {marks.map(({ of, r, c, key }, i) => {
              const open = onOpen && !of.shut ? () => onOpen(r, c) : undefined;
              return (
                <g key={key} role={open ? "button" : "img"} aria-label={of.title} tabIndex={key === focusable ? 0 : -1} className={css.mark} data-shut={flag(!open)} data-faint={flag(of.faint)} onMouseEnter={() => onActive(key)} onFocus={() => onActive(key)} onClick={open} onKeyDown={(e) => onMarkKey(e, i, open, columns.length)}>
                  <rect className={css.cell} data-open={flag(of.open)} data-other={flag(of.strength < 0)} style={{ "--strength": Math.min(1, Math.abs(of.strength)) } as CSSProperties} x={head + cell * c + 1} y={top + tall * r + 1} width={cell - 2} height={tall - 2} rx={2} />
                </g>
              );
            })}
          </g>
          <g aria-hidden className={css.texts}>
            {marks.map(({ of, r, c, key }) => {
              const two = of.note !== undefined && tall >= 36 && widthOf(of.note) <= cell - 4;
              return (
                <g key={key} data-faint={flag(of.faint)} transform={`translate(${head + cell * (c + 0.5)} ${top + tall * (r + 0.5)})`}>
                  <text y={two ? -1 : 4} textAnchor="middle" className={css.text}>
                    {of.text}
                  </text>
                  {two ? (
                    <text y={14} textAnchor="middle" className={css.note}>
                      {of.note}
                    </text>
                  ) : null}
                </g>
              );
            })}
          </g>
        </svg>
      ) : null}
    </div>
  );
}
