import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Behind } from "@/features/customers/behind";
import { useText } from "@/locale";
import { SaveAsSegment } from "../segments/save-as";
import { behindQuery, conditionQuery, type AnalysisName, type Mark, type Params } from "./queries";

interface PeopleProps {
  name: AnalysisName;
  /** What the analysis was asked with. */
  params: Params;
  mark: Mark;
  title: string;
  /** Whether a condition can say it. */
  holds: boolean;
  onClose: () => void;
}

/** The people behind a mark, and the way to a segment of them. */
export default function People({ name, params, mark, title, holds, onClose }: PeopleProps) {
  const { t } = useText();
  const people = useInfiniteQuery(behindQuery(name, params, mark));
  // What was on an earlier day or in a period, pairs of products, and nobody at all can be no segment.
  const lasting = holds && name !== "products-next" && !params.as_of && !params.from && (people.data?.pages[0]?.total ?? 0) > 0;
  const condition = useQuery({ ...conditionQuery(name, params, mark), enabled: lasting });
  return (
    <Behind
      title={title}
      people={people}
      empty={{ title: t("analyses.nobody"), text: t("analyses.nobody_text") }}
      tools={lasting && condition.data ? <SaveAsSegment definition={condition.data} /> : null}
      onClose={onClose}
    />
  );
}
