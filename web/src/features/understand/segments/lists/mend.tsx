import { Button, TextInput } from "@mantine/core";
import { useState } from "react";
import { list } from "@/api/client";
import { useText } from "@/locale";
import { Row, Text } from "@/ui/page";
import type { ListChange } from "../types";
import css from "./lists.module.css";

/** Those whom nobody knows, to be mended and tried again. */
export function Mend({ change, busy, onAdd }: { change: ListChange; busy: boolean; onAdd: (values: string[]) => void }) {
  const { t } = useText();
  const unknown = list(change.examples);
  const [values, setValues] = useState(unknown);
  const mended = values.map((value) => value.trim()).filter((value, i) => value && value !== unknown[i]);
  return (
    <>
      <table className={css.mend}>
        <thead>
          <tr>
            <th scope="col">{t("segments.unknown_value")}</th>
            <th scope="col">{t("segments.unknown_mended")}</th>
          </tr>
        </thead>
        <tbody>
          {unknown.map((value, i) => (
            <tr key={value}>
              <td>
                <Text>{value}</Text>
              </td>
              <td>
                <TextInput
                  size="xs"
                  aria-label={t("segments.mend_of", { value })}
                  value={values[i] ?? ""}
                  onChange={(event) => {
                    const next = event.currentTarget.value;
                    setValues(values.map((one, at) => (at === i ? next : one)));
                  }}
                />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {change.unknown > unknown.length ? <p className="soft">{t("segments.unknown_part", { shown: unknown.length })}</p> : null}
      <Row>
        <Button size="compact-md" disabled={mended.length === 0 || busy} onClick={() => onAdd(mended)}>
          {t("segments.mend_add")}
        </Button>
      </Row>
    </>
  );
}
