import { MultiSelect } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useText } from "@/locale";
import { Empty, Loaded } from "@/ui/states";
import { overlapQuery, segmentsQuery } from "../queries";
import type { Segment } from "../types";
import { UpSet } from "./upset";
import css from "./segment.module.css";

/** At most so many segments are compared at once. */
const most = 8;

/** Who is in several segments at once. */
export default function OverlapTab({ segment }: { segment: Segment }) {
  const { t } = useText();
  const navigate = useNavigate();
  const search: { with?: string; tab?: string } = useSearch({ strict: false });
  const all = useQuery(segmentsQuery);
  const others = (all.data ?? []).filter((one) => one.id !== segment.id);
  const largest = others.toSorted((a, b) => b.size - a.size).slice(0, 3);
  const chosen = search.with === undefined ? largest.map((one) => one.id) : search.with.split(",").filter((id) => others.some((one) => one.id === id));
  const ids = [segment.id, ...chosen];
  const overlap = useQuery(overlapQuery(ids));
  const kinds = new Map([segment, ...others].map((one) => [one.id, one.kind]));
  if (all.data && others.length === 0) return <Empty title={t("segments.overlap_alone")}>{t("segments.overlap_alone_text")}</Empty>;
  return (
    <div className={css.inset}>
      <MultiSelect
        mb={14}
        maw={640}
        searchable
        clearable
        maxValues={most - 1}
        label={t("segments.overlap_with")}
        data={others.map((one) => ({ value: one.id, label: one.name }))}
        value={chosen}
        onChange={(to) => void navigate({ to: ".", search: { ...search, with: to.join(",") || "none" }, replace: true })}
      />
      {chosen.length === 0 ? <p className="soft">{t("segments.overlap_choose")}</p> : <Loaded query={overlap}>{(told) => <UpSet overlap={told} kinds={kinds} />}</Loaded>}
    </div>
  );
}
