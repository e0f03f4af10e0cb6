import { NumberInput, SegmentedControl } from "@mantine/core";
import { list } from "@/api/client";
import { useText } from "@/locale";
import { useFormat } from "@/ui/format";
import { scaleNames, type RFMEntry, type Scale, type ScaleName, type Scales } from "./groups";
import css from "./rfm.module.css";

interface ScalesProps {
  entry: RFMEntry;
  scales: Scales;
  faults: Record<string, string>;
  locked: boolean;
  onChange: (name: ScaleName, scale: Scale) => void;
}

/** Where each value is cut into grades: in fifths of the customers, anew each month, or where the shop says. */
export function ScaleFields({ entry, scales, faults, locked, onChange }: ScalesProps) {
  const { t } = useText();
  const format = useFormat();
  const minor = 1 / format.major(1); // bounds of money are written as money is
  const unit = (name: ScaleName) => (name === "monetary" ? minor : 1);
  const written = (name: ScaleName, bounds: readonly number[]) => bounds.map((b) => (name === "monetary" ? format.money(b) : format.number(b))).join(" / ");
  const day = (date: string) => format.day(`${date}T12:00:00Z`);
  const choose = (name: ScaleName, method: string) => {
    const cut = list(entry.in_force[name].bounds ?? entry.cut.bounds[name]);
    onChange(name, method === "fixed" ? { method, bounds: list(entry.scales[name].bounds).length === 4 ? list(entry.scales[name].bounds) : cut } : { method: "quantiles" });
  };
  return (
    <div className={css.scales}>
      {scaleNames.map((name) => {
        const scale = scales[name];
        const bounds = list(scale.bounds);
        const cut = list(entry.cut.bounds[name]);
        return (
          <fieldset key={name} className={css.scale} disabled={locked}>
            <legend>{t(`analyses.bounds_${name}`)}</legend>
            <SegmentedControl
              size="xs"
              aria-label={t("rfm_groups.method_of", { value: t(`analyses.bounds_${name}`) })}
              disabled={locked}
              data={["quantiles", "fixed"].map((value) => ({ value, label: t(`rfm_groups.method_${value}`) }))}
              value={scale.method}
              onChange={(method) => choose(name, method)}
            />
            {scale.method === "fixed" ? (
              <div className={css.bounds}>
                {[0, 1, 2, 3].map((i) => (
                  <NumberInput
                    key={i}
                    size="xs"
                    label={t("rfm_groups.grade", { grade: i + 2 })}
                    hideControls
                    thousandSeparator=","
                    allowDecimal={name === "monetary" && minor > 1}
                    value={bounds[i] === undefined ? "" : bounds[i] / unit(name)}
                    error={faults[`/scales/${name}/bounds`] ? true : undefined}
                    onChange={(value) => onChange(name, { ...scale, bounds: withBound(bounds, i, typeof value === "number" ? Math.round(value * unit(name)) : undefined) })}
                  />
                ))}
              </div>
            ) : (
              <p className="soft num">
                {entry.cut.month ? t("rfm_groups.cut", { day: day(`${entry.cut.month}-01`), n: format.number(entry.cut.people), bounds: written(name, cut) || t("rfm_groups.cut_none") }) : t("rfm_groups.uncut")}
              </p>
            )}
            {faults[`/scales/${name}/bounds`] ? <p className={css.fault}>{faults[`/scales/${name}/bounds`]}</p> : null}
          </fieldset>
        );
      })}
    </div>
  );
}

/** Four bounds of which one is another; those behind one that is missing are missing too. */
function withBound(bounds: readonly number[], at: number, value: number | undefined): number[] {
  const next: (number | undefined)[] = [0, 1, 2, 3].map((i) => (i === at ? value : bounds[i]));
  const end = next.indexOf(undefined);
  return next.slice(0, end < 0 ? 4 : end) as number[];
}
