import { useText } from "@/locale";
import { Panel } from "@/ui/page";
import { startersFor } from "../model/starters";
import { toForm, type Group } from "../model/form";
import type { Schema } from "../types";
import css from "./builder.module.css";

/** Ready conditions, so that nobody begins with an empty page. */
export function Starters({ schema, onPick }: { schema: Schema; onPick: (form: Group, name: string) => void }) {
  const { t } = useText();
  return (
    <Panel title={t("segments.starters")}>
      <ul className={css.starters}>
        {startersFor(schema).map((starter) => (
          <li key={starter.name}>
            <button type="button" onClick={() => onPick(toForm(starter.condition(schema)), t(`segments.starter_${starter.name}`))}>
              <strong>{t(`segments.starter_${starter.name}`)}</strong>
              <span className="soft">{t(`segments.starter_${starter.name}_text`)}</span>
            </button>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
