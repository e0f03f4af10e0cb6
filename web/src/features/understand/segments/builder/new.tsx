import { useQuery } from "@tanstack/react-query";
import { useSearch } from "@tanstack/react-router";
import { useText } from "@/locale";
import { Page } from "@/ui/page";
import { Failing, Loading, Notice } from "@/ui/states";
import { schemaQuery } from "../queries";
import { newGroup, toForm, type Group } from "../model/form";
import { readDefinition } from "../model/read";
import { draftOf } from "./document";
import { Editor } from "./editor";

/** A new segment: from nothing, or from the condition that the address brings. */
export default function NewSegment() {
  const { t } = useText();
  const search: { condition?: string; name?: string } = useSearch({ strict: false });
  const schema = useQuery(schemaQuery);
  const brought = bring(search.condition);
  if (!schema.data) {
    return (
      <Page title={t("segments.new_title")}>
        {schema.error ? <Failing error={schema.error} onRetry={() => void schema.refetch()} /> : <Loading lines={8} />}
      </Page>
    );
  }
  return (
    <>
      {search.condition && !brought ? <Notice tone="warn">{t("segments.brought_nothing")}</Notice> : null}
      <Editor key={search.condition} schema={schema.data} first={() => draftOf({ name: search.name ?? "", description: "", refresh: "live" }, brought ?? newGroup())} />
    </>
  );
}

function bring(text: string | undefined): Group | undefined {
  try {
    return text ? toForm(readDefinition(text).where) : undefined;
  } catch {
    return undefined;
  }
}
