import type { ReactNode } from "react";
import { list } from "@/api/client";
import type { components } from "@/api/schema";
import { useText } from "@/locale";
import { useFormat } from "@/ui/format";
import { Text } from "@/ui/page";
import { Notice } from "@/ui/states";

type Schemas = components["schemas"];

interface DefinitionNoticesProps {
  /** What it means that something is wrong, and that something stopped arriving. */
  says: { faults: string; quiet: string };
  faults: Schemas["Fault"][] | null | undefined;
  quiet: Schemas["Silence"][] | null | undefined;
  /** The way to mend it. */
  mend?: ReactNode;
}

/** What is wrong with a definition: it is no longer valid, or reads what stopped arriving. */
export function DefinitionNotices({ says, faults, quiet, mend }: DefinitionNoticesProps) {
  const { t } = useText();
  const format = useFormat();
  const [wrong, silent] = [list(faults), list(quiet)];
  return (
    <>
      {wrong.length > 0 ? (
        <Notice tone="bad">
          {says.faults}
          <ul>
            {wrong.map((fault) => (
              <li key={fault.field + fault.detail}>{fault.detail}</li>
            ))}
          </ul>
          {mend}
        </Notice>
      ) : null}
      {silent.length > 0 ? (
        <Notice tone="warn">
          {says.quiet}
          <ul>
            {silent.map((one) => (
              <li key={`${one.of ?? ""} ${one.field}`}>
                <Text>{t("segments.quiet_field", { title: one.title || one.field, day: format.day(one.last_seen) })}</Text>
              </li>
            ))}
          </ul>
        </Notice>
      ) : null}
    </>
  );
}
