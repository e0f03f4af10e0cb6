import { useState } from "react";
import { list } from "@/api/client";
import type { components } from "@/api/schema";
import { useText, type Translate } from "@/locale";
import { Bars } from "@/ui/chart/bars";
import { useFormat, type Format } from "@/ui/format";
import { Figures, Share, Text } from "@/ui/page";
import { markOf } from "./mark";
import type { Mark } from "./queries";
import { writeFeature } from "./value";
import css from "./features.module.css";

export type Distribution = Omit<components["schemas"]["FeatureDistribution"], "title" | "about">;

/** The values of a mark in words. */
export function spanOf(d: Parameters<typeof writeFeature>[0], { from, below, value }: Mark, format: Format, t: Translate): string {
  const write = (bound: string) => writeFeature(d, Number(bound), format, t);
  if (value !== undefined) return writeFeature(d, value, format, t);
  if (from === undefined) return below === undefined ? t("features.known_all") : t("features.below", { below: write(below) });
  if (below === undefined) return t("features.from", { from: write(from) });
  if (from === below || (d.type === "integer" && Number(below) - Number(from) === 1)) return write(from);
  return t("features.span", { from: write(from), to: write(below) });
}

interface SpreadProps {
  of: Distribution;
  title: string;
  /** Opens the people behind a mark; without it there is nothing to open. */
  onOpen?: ((mark: Mark) => void) | undefined;
}

/** How many people have a feature, in a sentence and as a picture; every mark opens the people behind it. */
export function Spread({ of: d, title, onOpen }: SpreadProps) {
  const { t } = useText();
  const format = useFormat();
  const quantile = (percent: number) => {
    const q = list(d.quantiles).find((one) => one.percent === percent);
    return q ? writeFeature(d, q.value, format, t) : "–";
  };
  const values = list(d.values);
  const known = { known: format.number(d.known), share: format.percent(d.known / d.people) };
  const first = values[0];
  return (
    <>
      <p className={css.answer}>
        {first ? t("features.answer_text", { ...known, value: writeFeature(d, first.value, format, t) }) : t("features.answer", { ...known, median: quantile(50), low: quantile(25), high: quantile(75) })}{" "}
        {onOpen ? (
          <button type="button" className={css.open} onClick={() => onOpen({})}>
            {t("features.open_all")}
          </button>
        ) : null}
      </p>
      {first ? <Values of={d} values={values} onOpen={onOpen} /> : <Picture of={d} title={title} onOpen={onOpen} />}
      {first ? null : <Figures items={[10, 25, 50, 75, 90].map((percent) => ({ label: t("features.percent", { percent }), value: quantile(percent) }))} />}
    </>
  );
}

function Picture({ of: d, title, onOpen }: SpreadProps) {
  const { t } = useText();
  const format = useFormat();
  const [active, setActive] = useState<number>();
  const bars = list(d.bars);
  const words = bars.map((bar, i) => t("features.bar", { span: spanOf(d, markOf(bars, i), format, t), people: format.number(bar.people) }));
  const label = (value: number) => (["time", "date"].includes(d.type) ? format.shortDay(new Date(value)) : writeFeature(d, value, format, t));
  return (
    <>
      <Bars
        label={title}
        bars={bars.map((bar, i) => ({ key: String(i), label: label(bar.from), title: words[i] ?? "", parts: [{ value: bar.people, tone: "plain" }] }))}
        write={(value) => format.compact(value)}
        onOpen={onOpen && ((i) => onOpen(markOf(bars, i)))}
        active={active}
        onActive={setActive}
      />
      <p className="soft num" aria-live="polite">
        {active === undefined ? `${t("features.ends")}${onOpen ? ` ${t("features.hint")}` : ""}` : words[active]}
      </p>
    </>
  );
}

function Values({ of: d, values, onOpen }: { of: Distribution; values: { value: string; people: number }[]; onOpen: SpreadProps["onOpen"] }) {
  const { t } = useText();
  const format = useFormat();
  return (
    <>
      <table className={css.values}>
        <thead>
          <tr>
            <th scope="col">{t("features.value")}</th>
            <th scope="col">{t("features.people")}</th>
            <th scope="col">{t("features.share")}</th>
          </tr>
        </thead>
        <tbody>
          {values.map(({ value, people }) => {
            const said = <Text>{writeFeature(d, value, format, t)}</Text>;
            return (
              <tr key={value}>
                <td>
                  {onOpen ? (
                    <button type="button" className={css.open} onClick={() => onOpen({ value })}>
                      {said}
                    </button>
                  ) : (
                    said
                  )}
                </td>
                <td className="num">{format.number(people)}</td>
                <td>
                  <Share value={people / d.known} label={format.percent(people / d.known, 1)} />
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {onOpen ? <p className="soft">{t("features.hint_text")}</p> : null}
    </>
  );
}
