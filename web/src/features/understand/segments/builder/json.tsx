import { Textarea } from "@mantine/core";
import { useState } from "react";
import { useText } from "@/locale";
import { Copy } from "@/ui/code";
import { Panel } from "@/ui/page";
import type { Definition } from "../model/condition";
import { toDefinition, toForm, type Group } from "../model/form";
import { NotACondition, readDefinition } from "../model/read";

const write = (definition: Definition | undefined): string => (definition ? JSON.stringify(definition, null, 2) : "");

/** The same conditions as JSON, for copying and for those who write faster than they click. */
export function JsonPanel({ definition, onChange }: { definition: Definition | undefined; onChange: (form: Group) => void }) {
  const { t } = useText();
  const [typed, setTyped] = useState<{ text: string; for: string }>(); // and of which conditions it is a text
  const [fault, setFault] = useState<string>();
  const written = write(definition);
  const shown = typed?.for === written ? typed.text : written;
  const change = (text: string) => {
    setTyped({ text, for: written });
    try {
      const form = toForm(readDefinition(text).where);
      setTyped({ text, for: write(toDefinition(form).definition) });
      onChange(form);
      setFault(undefined);
    } catch (error) {
      if (!(error instanceof NotACondition)) throw error;
      setFault(error.pointer === undefined ? t("segments.json_malformed") : t("segments.json_fault", { pointer: error.pointer || "/" }));
    }
  };
  return (
    <Panel title={t("segments.json")} aside={<Copy value={shown} />}>
      <Textarea
        aria-label={t("segments.json")}
        description={t("segments.json_text")}
        autosize
        minRows={6}
        maxRows={24}
        spellCheck={false}
        styles={{ input: { fontFamily: "var(--font-mono)", fontSize: "0.78rem" } }}
        value={shown}
        error={typed?.for === written ? fault : undefined}
        onChange={(event) => change(event.currentTarget.value)}
        onBlur={() => (fault ? undefined : setTyped(undefined))}
      />
    </Panel>
  );
}
