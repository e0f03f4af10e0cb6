import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Behind } from "@/features/customers/behind";
import { useText } from "@/locale";
import { SaveAsSegment } from "../segments/save-as";
import { behindQuery, conditionQuery, type Mark } from "./queries";

/** The people who have a value, and the way to a segment of them. */
export default function People({ name, mark, title, onClose }: { name: string; mark: Mark; title: string; onClose: () => void }) {
  const { t } = useText();
  const people = useInfiniteQuery(behindQuery(name, mark));
  const condition = useQuery(conditionQuery(name, mark));
  return (
    <Behind
      title={title}
      people={people}
      empty={{ title: t("features.nobody_behind"), text: t("features.nobody_behind_text") }}
      tools={condition.data ? <SaveAsSegment definition={condition.data} /> : null}
      onClose={onClose}
    />
  );
}
