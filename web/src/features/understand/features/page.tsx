import { useQuery } from "@tanstack/react-query";
import { Link, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { list } from "@/api/client";
import { featureQuery, featuresQuery } from "@/api/queries";
import type { FeatureDistribution, FeatureEntry } from "@/api/types";
import { useText } from "@/locale";
import { Bars } from "@/ui/chart/bars";
import { useFormat } from "@/ui/format";
import { Figures, Page, Panel, Share, Text } from "@/ui/page";
import { Empty, Loaded } from "@/ui/states";
import { writeFeature } from "./value";
import css from "./features.module.css";

/** What is computed about every person: definitions, and how each value is spread. */
export default function FeaturesPage() {
  const { t } = useText();
  const features = useQuery(featuresQuery);
  const search: { name?: string } = useSearch({ strict: false });
  return (
    <Page title={t("place.features")} lead={t("features.lead")}>
      <Loaded query={features}>
        {(all) => {
          const chosen = all.find((f) => f.name === search.name) ?? all[0];
          return chosen ? (
            <div className={css.columns}>
              <Panel flush>
                <nav aria-label={t("place.features")} className={css.list}>
                  {all.map((f) => (
                    <Link key={f.name} to="/understand/features" search={{ name: f.name }} replace {...(f.name === chosen.name ? { "data-active": true, "aria-current": "true" } : {})}>
                      {f.title}
                    </Link>
                  ))}
                </nav>
              </Panel>
              <One key={chosen.name} feature={chosen} />
            </div>
          ) : null;
        }}
      </Loaded>
    </Page>
  );
}

function One({ feature }: { feature: FeatureEntry }) {
  const { t } = useText();
  const distribution = useQuery(featureQuery(feature.name));
  return (
    <Panel title={feature.title}>
      <p className={css.about}>
        {feature.about} {feature.window ? <span className="soft">{t("features.window", { days: feature.window })}</span> : null}
      </p>
      <Loaded query={distribution}>{(d) => (d.known === 0 ? <Empty title={t("features.nobody")}>{t("features.nobody_text")}</Empty> : <Spread of={d} />)}</Loaded>
    </Panel>
  );
}

function Spread({ of: d }: { of: FeatureDistribution }) {
  const { t } = useText();
  const format = useFormat();
  const [active, setActive] = useState<number>();
  const write = (value: unknown) => writeFeature(d, value, format, t);
  const quantile = (percent: number) => {
    const q = list(d.quantiles).find((one) => one.percent === percent);
    return q ? write(q.value) : "–";
  };
  const bars = list(d.bars);
  const chosen = active === undefined ? undefined : bars[active];
  const span = (bar: { from: number; to: number }) =>
    bar.from === bar.to || (d.type === "integer" && bar.to - bar.from === 1) ? write(bar.from) : t("features.span", { from: write(bar.from), to: write(bar.to) });
  const values = list(d.values);
  return (
    <>
      <p className={css.answer}>
        {d.type === "text"
          ? t("features.answer_text", { known: format.number(d.known), share: format.percent(d.known / d.people), value: write(values[0]?.value) })
          : t("features.answer", { known: format.number(d.known), share: format.percent(d.known / d.people), median: quantile(50), low: quantile(25), high: quantile(75) })}
      </p>
      {bars.length > 0 ? (
        <>
          <Bars
            label={d.title}
            bars={bars.map((bar, i) => ({ key: String(i), label: d.type === "time" ? format.shortDay(new Date(bar.from)) : write(bar.from), title: t("features.bar", { span: span(bar), people: format.number(bar.people) }), parts: [{ value: bar.people, tone: "plain" }] }))}
            write={(value) => format.compact(value)}
            onOpen={setActive}
            active={active}
            onActive={setActive}
          />
          <p className="soft num" aria-live="polite">
            {chosen ? t("features.bar", { span: span(chosen), people: format.number(chosen.people) }) : t("features.ends")}
          </p>
          <Figures items={[10, 25, 50, 75, 90].map((percent) => ({ label: t("features.percent", { percent }), value: quantile(percent) }))} />
        </>
      ) : (
        <table className={css.values}>
          <thead>
            <tr>
              <th scope="col">{t("features.value")}</th>
              <th scope="col">{t("features.people")}</th>
              <th scope="col">{t("features.share")}</th>
            </tr>
          </thead>
          <tbody>
            {values.map((v) => (
              <tr key={v.value}>
                <td>
                  <Text>{write(v.value)}</Text>
                </td>
                <td className="num">{format.number(v.people)}</td>
                <td>
                  <Share value={v.people / d.known} label={format.percent(v.people / d.known, 1)} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}
