import { useState } from "react";
import { Link } from "@tanstack/react-router";
import { list } from "@/api/client";
import type { components } from "@/api/schema";
import { useText } from "@/locale";
import { Curves, valueAt } from "@/ui/chart/curves";
import { useFormat } from "@/ui/format";
import { Notice } from "@/ui/states";
import { few } from "../analysis/answers";
import { useColumns } from "../analysis/columns";
import { Figure } from "../analysis/figure";
import { Analysis } from "../analysis/page";
import type { Results } from "../analysis/queries";
import { curveOf } from "./repeat";

/** After how many days without an order a customer is likely gone. */
export default function DormancyPage() {
  const { t } = useText();
  return (
    <Analysis name="dormancy">
      {(dormancy) => (
        <>
          {dormancy.enough ? null : <Notice tone="warn">{t("analyses.dormancy_few", { least: few, missing: Math.max(1, few - dormancy.returned) })}</Notice>}
          <Return dormancy={dormancy} />
        </>
      )}
    </Analysis>
  );
}

function Return({ dormancy }: { dormancy: Results["dormancy"] }) {
  const { t } = useText();
  const format = useFormat();
  const columns = useColumns<components["schemas"]["DormancyLevel"]>(dormancy.currency);
  const [active, setActive] = useState<number>();
  const points = curveOf(dormancy.curve);
  const { at_risk, dormant } = dormancy.stages;
  const until = Math.max(dormancy.horizon, dormant, 1);
  const day = active ?? dormant;
  const at = valueAt(points, day);
  const levels = dormancy.enough ? [{ x: at_risk, label: t("analyses.level", { stage: t("stage.at_risk"), days: at_risk }) }, { x: dormant, label: t("analyses.level", { stage: t("stage.dormant"), days: dormant }) }] : [];
  return (
    <Figure
      title={t("analyses.dormancy_picture")}
      columns={[columns.share("share_of_returning", (l) => l.share), columns.number("by_day", (l) => l.days)]}
      rows={list(dormancy.levels)}
      rowId={(l) => String(l.share)}
      readout={
        <>
          <strong>{t("analyses.by_day", { days: day })}</strong> {at ? t("analyses.dormancy_at", { share: format.percent(at.value, 1), low: format.percent(at.low, 1), high: format.percent(at.high, 1) }) : ""}
        </>
      }
      legend={
        <>
          <span>{t("analyses.bands")}</span>
          <Link to="/understand/analyses/lifecycle">{t("analyses.to_lifecycle")}</Link>
        </>
      }
    >
      <Curves label={t("analyses.dormancy_picture")} curves={[{ key: "return", label: "", points }]} until={until} levels={levels} write={(share) => format.percent(share)} writeX={(days) => t("analyses.days", { days })} active={active} onActive={setActive} />
    </Figure>
  );
}
