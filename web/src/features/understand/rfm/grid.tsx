import { VisuallyHidden } from "@mantine/core";
import { useRef, useState, type CSSProperties, type KeyboardEvent, type PointerEvent } from "react";
import { useText } from "@/locale";
import { between, grades, squaresOf, type Grades, type Group, type Square } from "./groups";
import css from "./rfm.module.css";

interface Place {
  recency: number;
  frequency: number;
}

interface GridProps {
  groups: readonly Group[];
  /** Key of the group whose cells are chosen here. */
  chosen: string | undefined;
  /** How many people are in a cell, in words. */
  people: (at: Place) => string;
  onPaint: (recency: Grades, frequency: Grades) => void;
}

/** How far a group stands from the best, 0 to 1: its colour. */
export const tint = (at: number, count: number): CSSProperties => ({ "--at": count > 1 ? at / (count - 1) : 0 }) as CSSProperties;

/**
 * The grid of recency and frequency in the colours of the groups. A rectangle that is drawn, or walked with Shift and the arrow
 * keys, becomes the cells of the chosen group.
 */
export function Grid({ groups, chosen, people, onPaint }: GridProps) {
  const { t } = useText();
  const [drawn, setDrawn] = useState<{ from: Place; to: Place }>();
  const [focus, setFocus] = useState<Place>({ recency: 5, frequency: 1 });
  const cells = useRef<HTMLDivElement>(null);
  const group = groups.find((g) => g.key === chosen);
  const range = drawn ? { recency: between(drawn.from.recency, drawn.to.recency), frequency: between(drawn.from.frequency, drawn.to.frequency) } : group;
  const inside = (s: Place) => range !== undefined && range.recency[0] <= s.recency && s.recency <= range.recency[1] && range.frequency[0] <= s.frequency && s.frequency <= range.frequency[1];
  const finish = () => {
    if (drawn) onPaint(between(drawn.from.recency, drawn.to.recency), between(drawn.from.frequency, drawn.to.frequency));
    setDrawn(undefined);
  };
  const walk = (event: KeyboardEvent, from: Place) => {
    const step = { ArrowUp: [1, 0], ArrowDown: [-1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      if (drawn) finish();
      else onPaint([from.recency, from.recency], [from.frequency, from.frequency]);
    }
    if (event.key === "Escape") setDrawn(undefined);
    if (!step) return;
    event.preventDefault();
    const to = { recency: Math.min(5, Math.max(1, from.recency + (step[0] ?? 0))), frequency: Math.min(5, Math.max(1, from.frequency + (step[1] ?? 0))) };
    setDrawn(event.shiftKey ? { from: drawn?.from ?? from, to } : undefined);
    setFocus(to);
    cells.current?.querySelector<HTMLElement>(`[data-cell="${to.recency}${to.frequency}"]`)?.focus();
  };
  const over = (event: PointerEvent) => {
    const cell = document.elementFromPoint(event.clientX, event.clientY)?.closest<HTMLElement>("[data-cell]")?.dataset.cell;
    if (drawn && cell) setDrawn({ ...drawn, to: { recency: Number(cell.charAt(0)), frequency: Number(cell.charAt(1)) } });
  };
  return (
    <div className={css.picture}>
      <span className={css.axis} aria-hidden>
        {t("rfm_groups.frequency_axis")}
      </span>
      <div ref={cells} className={css.grid} role="grid" aria-label={t("rfm_groups.grid")} data-ready={group ? true : undefined} onPointerMove={over} onPointerUp={finish} onPointerCancel={() => setDrawn(undefined)}>
        <span className={css.corner} aria-hidden>
          {t("rfm_groups.recency_axis")}
        </span>
        {grades.map((f) => (
          <span key={f} className={css.headF} aria-hidden>{`F${f}`}</span>
        ))}
        {grades.toReversed().map((r) => (
          <div key={r} role="row" className={css.line}>
            <span className={css.headR} role="rowheader">{`R${r}`}</span>
            {squaresOf(groups)
              .filter((s) => s.recency === r)
              .map((s) => (
                <div
                  key={s.frequency}
                  role="gridcell"
                  data-cell={`${s.recency}${s.frequency}`}
                  className={css.cell}
                  data-inside={inside(s) || undefined}
                  data-gap={s.shares.has(-1) || undefined}
                  aria-selected={inside(s)}
                  tabIndex={focus.recency === s.recency && focus.frequency === s.frequency ? 0 : -1}
                  onKeyDown={(event) => walk(event, s)}
                  onFocus={() => setFocus({ recency: s.recency, frequency: s.frequency })}
                  onPointerDown={(event) => {
                    if (!group || event.button !== 0) return;
                    cells.current?.setPointerCapture(event.pointerId);
                    setDrawn({ from: s, to: s });
                  }}
                >
                  <VisuallyHidden>{t("rfm_groups.cell", { cell: `R${s.recency}F${s.frequency}`, groups: words(s), people: people(s) })}</VisuallyHidden>
                  <span className={css.parts} aria-hidden>
                    {[...s.shares].toReversed().map(([at, share]) => (
                      <i key={at} data-none={at < 0 || undefined} style={{ ...tint(at, groups.length), flexGrow: share }}>
                        {at < 0 ? "–" : at + 1}
                      </i>
                    ))}
                  </span>
                  <small className="num" aria-hidden>
                    {people(s)}
                  </small>
                </div>
              ))}
          </div>
        ))}
      </div>
    </div>
  );

  function words(s: Square): string {
    return [...s.shares.keys()].map((at) => groups[at]?.title ?? t("rfm_groups.none")).join(t("list.separator"));
  }
}
