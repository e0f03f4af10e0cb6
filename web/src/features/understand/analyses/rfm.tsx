import { Button, SegmentedControl } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { list } from "@/api/client";
import type { components } from "@/api/schema";
import { useText } from "@/locale";
import { cellKey, Heat, type HeatCell } from "@/ui/chart/heat";
import { Rows } from "@/ui/chart/rows";
import { useFormat } from "@/ui/format";
import { GroupProducts } from "../analysis/bought";
import { groupTitles, monthEnd } from "../analysis/answers";
import { useColumns } from "../analysis/columns";
import { Figure } from "../analysis/figure";
import { Analysis } from "../analysis/page";
import type { Mark, Results } from "../analysis/queries";
import type { Chosen } from "../analysis/search";
import { readGroups, squaresOf, titleOf } from "../rfm/groups";
import css from "../analysis/analysis.module.css";

type Schemas = components["schemas"];
type RFM = Results["rfm"];

/** Who the good customers are, and who is slipping away. */
export default function RFMPage() {
  const { t } = useText();
  return (
    <Analysis
      name="rfm"
      thresholds={({ bounds }) => ({ recency: list(bounds.recency).join(), frequency: list(bounds.frequency).join(), monetary: list(bounds.monetary).join() })}
      notice={(rfm, chosen) => <Basis rfm={rfm} chosen={chosen} />}
    >
      {(rfm, open, chosen) => (
        <>
          <Grid rfm={rfm} open={open} chosen={chosen} />
          <Groups rfm={rfm} open={open} />
          {rfm.before ? <Moves rfm={rfm} open={open} /> : null}
          {rfm.products ? <GroupProducts bought={rfm.products} groups={list(rfm.groups).map((g) => ({ key: g.name, label: titleOf(g, t) }))} currency={rfm.currency} /> : null}
        </>
      )}
    </Analysis>
  );
}

/** Where the bounds come from, and the ways to the shop's settings and to who moved since last month. */
function Basis({ rfm, chosen }: { rfm: RFM; chosen: Chosen }) {
  const { t } = useText();
  const format = useFormat();
  const said = ({ method, since }: Schemas["RFMScale"]) => {
    const day = since ? format.day(`${since}T12:00:00Z`) : "";
    if (method !== "quantiles") return t(method === "fixed" ? "analyses.rfm_scale_fixed" : "analyses.rfm_scale_given", { day });
    return t(since ? "analyses.rfm_scale_month" : "analyses.rfm_scale_day", { day });
  };
  const scales = { R: said(rfm.scales.recency), F: said(rfm.scales.frequency), M: said(rfm.scales.monetary) };
  const ways = [...new Set(Object.values(scales))];
  const told = ways.map((way) => (ways.length === 1 ? way : t("analyses.rfm_scale_of", { values: Object.entries(scales).filter(([, one]) => one === way).map(([name]) => name).join(t("list.separator")), way })));
  const last = monthEnd(rfm.as_of);
  return (
    <div className={`${css.row} no-print`}>
      <span className="soft">{t("analyses.rfm_scales", { scales: told.join(t("list.separator")) })}</span>
      {rfm.before === last ? null : (
        <Button size="compact-xs" variant="default" onClick={() => chosen.set({ before: last, people: undefined })}>
          {t("analyses.rfm_since_last_month")}
        </Button>
      )}
      <Button size="compact-xs" variant="default" renderRoot={(props) => <Link to="/understand/analyses/rfm/groups" {...props} />}>
        {t("analyses.rfm_settings")}
      </Button>
    </div>
  );
}

const grades = [1, 2, 3, 4, 5];

/** What a grade stands for: "30–89"; the bounds are those of grades 2 to 5. */
function useGradeText() {
  const { t } = useText();
  return {
    recency: (bounds: readonly number[], grade: number) => {
      const most = bounds[grade - 2];
      return grade === 1 ? (bounds[0] === undefined ? "" : t("analyses.grade_older", { days: bounds[0] })) : most === undefined ? "–" : t("analyses.grade_within", { days: most });
    },
    frequency: (bounds: readonly number[], grade: number) => {
      const least = grade === 1 ? 1 : bounds[grade - 2];
      const next = bounds[grade - 1];
      if (least === undefined || least === next) return "–";
      if (next === undefined) return t("analyses.grade_least", { times: least });
      return next - least === 1 ? t("analyses.grade_times", { times: least }) : t("analyses.grade_range", { from: least, to: next - 1 });
    },
  };
}

interface PartProps {
  rfm: RFM;
  open: (mark: Mark) => void;
}

function Grid({ rfm, open, chosen }: PartProps & { chosen: Chosen }) {
  const { t } = useText();
  const format = useFormat();
  const grade = useGradeText();
  const columns = useColumns<Schemas["GridCell"]>(rfm.currency);
  const [active, setActive] = useState<string>();
  const bySpend = chosen.search.metric === "spend";
  const grid = list(rfm.grid);
  const rows = grades.toReversed().map((r) => ({ key: `r${r}`, label: `R${r}`, note: grade.recency(list(rfm.bounds.recency), r) }));
  const heads = grades.map((f) => ({ key: `f${f}`, label: `F${f}`, note: grade.frequency(list(rfm.bounds.frequency), f) }));
  const most = Math.max(...grid.map((c) => (bySpend ? c.spend : c.people)), 1);
  const groups = readGroups(rfm.groups, t);
  const squares = squaresOf(groups);
  const groupsOf = (cell: Schemas["GridCell"]) => {
    const places = [...(squares.find((s) => s.recency === cell.recency && s.frequency === cell.frequency)?.shares.keys() ?? [])];
    return places.toSorted((x, y) => x - y).flatMap((at) => groups[at]?.title ?? []).slice(0, 2).join(t("list.separator"));
  };
  const words = (cell: Schemas["GridCell"]) =>
    t("analyses.rfm_cell", {
      cell: `R${cell.recency}F${cell.frequency}`, groups: groupsOf(cell), people: format.number(cell.people), share: format.percent(cell.share, 1),
      spend: format.money(cell.spend, rfm.currency), spend_share: format.percent(cell.spend_share, 1),
    });
  const cells = rows.map((_, r) =>
    heads.map((__, f): HeatCell | undefined => {
      const cell = grid.find((c) => c.recency === 5 - r && c.frequency === f + 1);
      if (!cell) return undefined;
      const value = bySpend ? cell.spend : cell.people;
      return { title: words(cell), text: bySpend ? format.moneyCompact(value, rfm.currency) : format.number(value), note: groupsOf(cell), strength: Math.sqrt(value / most), shut: cell.people === 0 };
    }),
  );
  const told = rows.flatMap((row, r) => heads.flatMap((head, f) => (cellKey(row, head) === active ? [cells[r]?.[f]?.title] : [])))[0];
  return (
    <Figure
      title={t("analyses.rfm_grid")}
      columns={[
        columns.words("cell", (c) => `R${c.recency}F${c.frequency}`),
        columns.words("group", groupsOf),
        columns.number("people", (c) => c.people),
        columns.share("share", (c) => c.share),
        columns.number("orders", (c) => c.orders),
        columns.money("spend", (c) => c.spend),
        columns.share("spend_share", (c) => c.spend_share),
        columns.money("average", (c) => c.average),
      ]}
      rows={grid}
      rowId={(c) => `r${c.recency}f${c.frequency}`}
      onOpen={(c) => open({ group: `r${c.recency}f${c.frequency}` })}
      readout={told ?? t("analyses.rfm_readout")}
      hint={t("analyses.hint_people")}
      controls={<SegmentedControl size="xs" aria-label={t("analyses.metric")} data={["people", "spend"].map((metric) => ({ value: metric, label: t(`analyses.metric_${metric}`) }))} value={bySpend ? "spend" : "people"} onChange={(metric) => chosen.set({ metric: metric === "people" ? undefined : metric })} />}
    >
      <Heat label={t("analyses.rfm_grid_label")} axes={{ rows: t("analyses.recency"), columns: t("analyses.frequency") }} rows={rows} columns={heads} cells={cells} head={86} least={48} tall={58} onOpen={(r, f) => open({ group: `r${5 - r}f${f + 1}` })} active={active} onActive={setActive} />
    </Figure>
  );
}

function Groups({ rfm, open }: PartProps) {
  const { t } = useText();
  const format = useFormat();
  const columns = useColumns<Schemas["RFMGroupSums"]>(rfm.currency);
  const [active, setActive] = useState<number>();
  const groups = list(rfm.groups);
  const range = (name: string, of: number[] | null) => (of?.[0] === of?.[1] ? `${name}${of?.[0] ?? ""}` : `${name}${of?.[0] ?? ""}–${of?.[1] ?? ""}`);
  const cellsOf = (g: Schemas["RFMGroupSums"]) => [range("R", g.recency), range("F", g.frequency), ...(g.monetary?.[0] === 1 ? [] : [range("M", g.monetary)])].join(" ");
  return (
    <Figure
      title={t("analyses.rfm_groups")}
      columns={[
        columns.words("group", (g) => titleOf(g, t)),
        columns.words("cell", cellsOf),
        columns.number("people", (g) => g.people),
        columns.share("share", (g) => g.share),
        columns.number("orders", (g) => g.orders),
        columns.money("spend", (g) => g.spend),
        columns.share("spend_share", (g) => g.spend_share),
        columns.money("average", (g) => g.average),
      ]}
      rows={groups}
      rowId={(g) => g.name}
      onOpen={(g) => open({ group: g.name })}
      hint={t("analyses.hint_groups")}
    >
      <Rows
        label={t("analyses.rfm_groups")}
        rows={groups.map((g) => ({
          key: g.name, label: titleOf(g, t), note: cellsOf(g), value: g.people, text: t("analyses.people_spend", { people: format.number(g.people), spend: format.percent(g.spend_share, 1) }),
          title: t("analyses.group_row", { group: titleOf(g, t), people: format.number(g.people), share: format.percent(g.share, 1), spend_share: format.percent(g.spend_share, 1), average: format.money(Math.round(g.average), rfm.currency) }),
        }))}
        write={(people) => format.compact(people)}
        onOpen={(i) => open({ group: groups[i]?.name ?? "" })}
        active={active}
        onActive={setActive}
      />
    </Figure>
  );
}

/** Who was in which group on the earlier day, and is in which now. */
function Moves({ rfm, open }: PartProps) {
  const { t } = useText();
  const format = useFormat();
  const columns = useColumns<Schemas["RFMMove"]>(rfm.currency);
  const [active, setActive] = useState<string>();
  const moves = list(rfm.moves);
  const title = groupTitles(rfm, t);
  const names = [...list(rfm.groups).map((g) => g.name), ""];
  const heads = names.map((name) => ({ key: name || "nowhere", label: title(name) }));
  const stayed = (m: Schemas["RFMMove"]) => m.was === m.is;
  const most = Math.max(...moves.filter((m) => !stayed(m)).map((m) => m.people), 1);
  const cells = names.map((was) =>
    names.map((is): HeatCell | undefined => {
      const move = moves.find((m) => m.was === was && m.is === is);
      return move && { title: t("analyses.rfm_move", { was: title(was), is: title(is), people: format.number(move.people) }), text: format.number(move.people), strength: stayed(move) ? 0 : Math.sqrt(move.people / most) * (rank(names, is) > rank(names, was) ? -1 : 1) };
    }),
  );
  const told = heads.flatMap((row, r) => heads.flatMap((head, c) => (cellKey(row, head) === active ? [cells[r]?.[c]?.title] : [])))[0];
  const day = (date: string) => format.day(`${date}T12:00:00Z`);
  return (
    <Figure
      title={t("analyses.rfm_moves", { before: day(rfm.before ?? ""), as_of: day(rfm.as_of) })}
      columns={[columns.words("was", (m) => title(m.was)), columns.words("is", (m) => title(m.is)), columns.number("people", (m) => m.people)]}
      rows={moves}
      rowId={(m) => `${m.was}~${m.is}`}
      onOpen={(m) => open(markOf(m.was, m.is))}
      readout={told ?? t("analyses.rfm_moves_readout")}
      legend={
        <>
          <span>
            <i aria-hidden /> {t("analyses.better")}
          </span>
          <span>
            <i data-tone="other" aria-hidden /> {t("analyses.worse")}
          </span>
        </>
      }
      hint={t("analyses.rfm_moves_hint")}
    >
      <Heat label={t("analyses.rfm_moves_label")} axes={{ rows: t("analyses.before"), columns: t("analyses.as_of") }} rows={heads} columns={heads} cells={cells} head={118} least={44} tall={34} slanted onOpen={(r, c) => open(markOf(names[r], names[c]))} active={active} onActive={setActive} />
    </Figure>
  );
}

const markOf = (was = "", is = ""): Mark => ({ group: is === "" ? "none" : is, was: was === "" ? "none" : was });

/** Groups stand from the best to the worst; who is in none has not ordered yet, which is worse than nothing but no loss. */
const rank = (names: readonly string[], name: string): number => names.indexOf(name);
