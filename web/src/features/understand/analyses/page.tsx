import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useCallback, useEffect, useState } from "react";
import { useText } from "@/locale";
import { useFormat } from "@/ui/format";
import { Page } from "@/ui/page";
import { toldOf } from "../analysis/answers";
import { analysisQuery, type AnalysisName } from "../analysis/queries";
import css from "../analysis/analysis.module.css";

/** The questions, by what they are about. */
const sections: { key: string; names: AnalysisName[] }[] = [
  { key: "who", names: ["rfm", "lifecycle", "decile", "abc"] },
  { key: "again", names: ["repeat", "cohorts", "dormancy"] },
  { key: "what", names: ["first-products", "products-next"] },
];
const order = sections.flatMap((section) => section.names);

/** All analyses as questions, each with its answer of today. They are asked one after the other, to leave the server some air. */
export default function AnalysesPage() {
  const { t } = useText();
  const [turn, setTurn] = useState(0);
  const next = useCallback((name: AnalysisName) => setTurn((now) => Math.max(now, order.indexOf(name) + 1)), []);
  return (
    <Page title={t("analyses.title")} lead={t("analyses.lead")}>
      {sections.map(({ key, names }) => (
        <section key={key} className={css.section} aria-labelledby={`analyses-${key}`}>
          <h2 id={`analyses-${key}`}>{t(`analyses.section_${key}`)}</h2>
          <div className={css.questions}>
            {names.map((name) => (
              <Question key={name} name={name} turn={order.indexOf(name) <= turn} onAnswered={next} />
            ))}
          </div>
        </section>
      ))}
    </Page>
  );
}

interface QuestionProps {
  name: AnalysisName;
  /** Whether it may ask. */
  turn: boolean;
  onAnswered: (name: AnalysisName) => void;
}

function Question({ name, turn, onAnswered }: QuestionProps) {
  const { t } = useText();
  const format = useFormat();
  const { data: result, error, isPending } = useQuery({ ...analysisQuery(name, {}), enabled: turn });
  useEffect(() => {
    if (!isPending) onAnswered(name);
  }, [isPending, name, onAnswered]);
  const { answer, size } = toldOf(name);
  return (
    <Link to={`/understand/analyses/${name}`} className={css.question}>
      <h3>{t(`analysis.${name}.title`)}</h3>
      <p>{result ? (result.computing ? t("state.computing") : size(result) > 0 ? answer(result, { t, format }) : t("analyses.empty")) : error ? error.message : <Skeleton height={12} width="80%" />}</p>
    </Link>
  );
}
