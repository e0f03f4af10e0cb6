import { useElementSize } from "@mantine/hooks";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { list } from "@/api/client";
import { useText } from "@/locale";
import { ticks } from "@/ui/chart/scale";
import { useFormat } from "@/ui/format";
import { conditionLink } from "../link";
import type { Condition } from "../model/condition";
import type { Overlap } from "../types";
import css from "./segment.module.css";

const column = 34;
const row = 30;
const top = 150;
/** More combinations than this are not drawn. */
const most = 30;

interface UpSetProps {
  overlap: Overlap;
  /** Whether each of them is a segment of rules or a list. */
  kinds: Map<string, "rule" | "list">;
}

/**
 * Sets and their intersections (Lex et al. 2014): each column is the people who are in the marked segments and in none
 * of the others. A column leads to these people.
 */
export function UpSet({ overlap, kinds }: UpSetProps) {
  const { t } = useText();
  const format = useFormat();
  const navigate = useNavigate();
  const [active, setActive] = useState<number>();
  const { ref, width: room } = useElementSize();
  const [names, sizes] = room > 560 ? [168, 76] : [104, 0]; // on a phone the columns need the room
  const segments = list(overlap.segments);
  const sets = list(overlap.sets).map((set) => ({ people: set.people, ids: list(set.ids) }));
  const drawn = sets.slice(0, most);
  const lines = ticks(Math.max(...drawn.map((set) => set.people), 0));
  const ceiling = Math.max(lines.at(-1) ?? 0, 1);
  const largest = Math.max(...segments.map((one) => one.size), 1);
  const x = (i: number) => names + sizes + 44 + column * i + column / 2;
  const y = (people: number) => 16 + (top - 16) * (1 - people / ceiling);
  const line = (i: number) => top + 22 + row * i + row / 2;
  const width = names + sizes + 52 + column * drawn.length;
  const height = top + 26 + row * segments.length;
  const nameOf = (id: string) => segments.find((one) => one.id === id)?.name ?? id;
  const said = ({ ids, people }: (typeof drawn)[number]) => t(ids.length === 1 ? "segments.overlap_only" : "segments.overlap_both", { names: ids.map(nameOf).join(t("segments.overlap_join")), n: format.number(people) });
  const open = (ids: string[]) => {
    const member = (id: string): Condition => (kinds.get(id) === "list" ? { type: "list", id } : { type: "segment", id, state: "in" });
    const of = segments.map(({ id }): Condition => (ids.includes(id) ? member(id) : { type: "not", of: member(id) }));
    void navigate({ to: "/understand/segments/new", search: conditionLink({ type: "all", of }) });
  };
  const at = active === undefined ? undefined : drawn[active];
  return (
    <>
      <div ref={ref} className={css.scroll} tabIndex={0} role="region" aria-label={t("segments.overlap_chart")}>
        <svg width={width} height={height} role="group" aria-label={t("segments.overlap_chart")} onMouseLeave={() => setActive(undefined)}>
          <g aria-hidden>
            {lines.map((value) => (
              <g key={value}>
                <line x1={names + sizes + 40} x2={width} y1={y(value)} y2={y(value)} className={css.grid} />
                <text x={names + sizes + 34} y={y(value) + 4} textAnchor="end" className={css.axis}>
                  {format.compact(value)}
                </text>
              </g>
            ))}
            {segments.map((one, i) => (
              <g key={one.id}>
                {i % 2 === 0 ? <rect className={css.stripe} x={0} y={line(i) - row / 2} width={width} height={row} /> : null}
                {sizes > 0 ? <rect className={css.inside} x={names + sizes - (one.size / largest) * (sizes - 8)} y={line(i) - 6} width={(one.size / largest) * (sizes - 8)} height={12} /> : null}
                <text x={names + sizes + 34} y={line(i) + 4} textAnchor="end" className={css.axis}>
                  {format.compact(one.size)}
                </text>
                <foreignObject x={0} y={line(i) - row / 2} width={names - 8} height={row}>
                  <div className={`${css.setName} clip`} title={one.name}>
                    <bdi>{one.name}</bdi>
                  </div>
                </foreignObject>
              </g>
            ))}
          </g>
          {drawn.map((set, i) => (
            <Column key={set.ids.join()} set={set} ids={segments.map((one) => one.id)} x={x(i)} y={y} line={line} active={i === active} label={said(set)} count={format.compact(set.people)} height={height} onActive={() => setActive(i)} onOpen={() => open(set.ids)} />
          ))}
        </svg>
      </div>
      <p className={`${css.readout} num`} aria-live="polite">
        {at ? said(at) : t("segments.overlap_hint")}
        {sets.length > most ? ` ${t("segments.overlap_more", { n: sets.length - most })}` : null}
      </p>
    </>
  );
}

interface ColumnProps {
  set: { ids: string[]; people: number };
  ids: string[];
  x: number;
  y: (people: number) => number;
  line: (i: number) => number;
  active: boolean;
  label: string;
  count: string;
  height: number;
  onActive: () => void;
  onOpen: () => void;
}

function Column({ set, ids, x, y, line, active, label, count, height, onActive, onOpen }: ColumnProps) {
  const within = ids.map((id, i) => (set.ids.includes(id) ? i : -1)).filter((i) => i >= 0);
  return (
    <g
      role="button"
      tabIndex={0}
      aria-label={label}
      className={css.column}
      {...(active ? { "data-active": true } : {})}
      onMouseEnter={onActive}
      onFocus={onActive}
      onClick={onOpen}
      onKeyDown={(event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        onOpen();
      }}
    >
      <rect className={css.hit} x={x - column / 2} y={0} width={column} height={height} />
      <rect className={css.bars} x={x - 10} width={20} y={y(set.people)} height={Math.max(1, y(0) - y(set.people))} />
      <text x={x} y={y(set.people) - 4} textAnchor="middle" className={css.axis}>
        {count}
      </text>
      {within.length > 1 ? <line className={css.link} x1={x} x2={x} y1={line(within[0] ?? 0)} y2={line(within.at(-1) ?? 0)} /> : null}
      {ids.map((id, i) => (
        <circle key={id} cx={x} cy={line(i)} r={6} className={within.includes(i) ? css.dot : css.hole} />
      ))}
    </g>
  );
}
