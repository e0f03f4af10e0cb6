import { useState } from "react";
import { list } from "@/api/client";
import type { components } from "@/api/schema";
import { useText } from "@/locale";
import { Rows } from "@/ui/chart/rows";
import { useFormat } from "@/ui/format";
import { Notice } from "@/ui/states";
import { GroupProducts } from "../analysis/bought";
import { useColumns } from "../analysis/columns";
import { Figure } from "../analysis/figure";
import { Analysis } from "../analysis/page";
import type { Mark, Results } from "../analysis/queries";

type StageSums = components["schemas"]["StageSums"];

/** In which stage of their life with the shop customers are. */
export default function LifecyclePage() {
  const { t } = useText();
  return (
    <Analysis name="lifecycle" thresholds={({ thresholds: { at_risk, dormant, churned } }) => ({ at_risk: String(at_risk), dormant: String(dormant), churned: String(churned) })}>
      {(lifecycle, open, { search }) => (
        <>
          {lifecycle.own || search.at_risk ? null : <Notice tone="warn">{t("analyses.lifecycle_guess")}</Notice>}
          <Stages lifecycle={lifecycle} open={open} />
          {lifecycle.products ? <GroupProducts bought={lifecycle.products} groups={list(lifecycle.stages).map((s) => ({ key: s.stage, label: t(`stage.${s.stage}`) }))} currency={lifecycle.currency} /> : null}
        </>
      )}
    </Analysis>
  );
}

function Stages({ lifecycle, open }: { lifecycle: Results["lifecycle"]; open: (mark: Mark) => void }) {
  const { t } = useText();
  const format = useFormat();
  const columns = useColumns<StageSums>(lifecycle.currency);
  const [active, setActive] = useState<number>();
  const stages = list(lifecycle.stages);
  const about = ({ stage }: StageSums) => t(`analyses.stage_${stage}`, { ...lifecycle.thresholds });
  const words = (s: StageSums) => t("analyses.stage_row", { stage: t(`stage.${s.stage}`), about: about(s), people: format.number(s.people), share: format.percent(s.share, 1), average: format.money(Math.round(s.average), lifecycle.currency) });
  const chosen = active === undefined ? undefined : stages[active];
  return (
    <Figure
      title={t("analyses.lifecycle_picture")}
      columns={[
        columns.words("stage", (s) => t(`stage.${s.stage}`)),
        columns.words("definition", about),
        columns.number("people", (s) => s.people),
        columns.share("share", (s) => s.share),
        columns.number("orders", (s) => s.orders),
        columns.money("spend", (s) => s.spend),
        columns.money("average", (s) => s.average),
      ]}
      rows={stages}
      rowId={(s) => s.stage}
      onOpen={(s) => open({ group: s.stage })}
      readout={chosen ? words(chosen) : t("analyses.lifecycle_readout", { visitors: format.number(lifecycle.visitors) })}
      hint={t("analyses.hint_people")}
    >
      <Rows
        label={t("analyses.lifecycle_picture")}
        rows={stages.map((s) => ({ key: s.stage, label: t(`stage.${s.stage}`), note: about(s), value: s.people, title: words(s), text: t("analyses.part", { people: format.number(s.people), share: format.percent(s.share, 1) }) }))}
        write={(people) => format.compact(people)}
        onOpen={(i) => open({ group: stages[i]?.stage ?? "" })}
        active={active}
        onActive={setActive}
      />
    </Figure>
  );
}
