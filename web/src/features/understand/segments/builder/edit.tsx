import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useText } from "@/locale";
import { Page } from "@/ui/page";
import { Failing, Loading } from "@/ui/states";
import { schemaQuery, segmentQuery } from "../queries";
import { newGroup, toForm } from "../model/form";
import { draftOf } from "./document";
import { Editor } from "./editor";
import type { Segment } from "../types";

/** Changes a segment. What others save meanwhile does not take away what is typed here. */
export default function EditSegment() {
  const { t } = useText();
  const { id = "" }: { id?: string } = useParams({ strict: false });
  const schema = useQuery(schemaQuery);
  const segment = useQuery(segmentQuery(id));
  const [begun, setBegun] = useState<Segment>();
  const from = begun?.id === id ? begun : segment.data;
  if (from && from !== begun) setBegun(from);
  if (!schema.data || !from) {
    return (
      <Page title={t("segments.edit")}>
        {schema.error ?? segment.error ? <Failing error={schema.error ?? segment.error} onRetry={() => void (schema.error ? schema : segment).refetch()} /> : <Loading lines={8} />}
      </Page>
    );
  }
  const load = () => {
    if (segment.data) setBegun(segment.data);
  };
  return <Editor key={`${id} ${from.version}`} schema={schema.data} segment={from} first={() => draftOf(from, from.condition ? toForm(from.condition.where) : newGroup())} onLoad={load} />;
}
