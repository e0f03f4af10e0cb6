import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useState } from "react";
import { featuresQuery } from "@/api/queries";
import type { FeatureEntry } from "@/api/types";
import { useText } from "@/locale";
import { Page } from "@/ui/page";
import { Failing, Loading } from "@/ui/states";
import { schemaQuery } from "../segments/queries";
import { Editor } from "./editor";
import { readMeasure } from "./measure";

/** Changes a feature of the shop's own. What others save meanwhile does not take away what is typed here. */
export default function EditFeature() {
  const { t } = useText();
  const { name = "" }: { name?: string } = useParams({ strict: false });
  const schema = useQuery(schemaQuery);
  const features = useQuery(featuresQuery);
  const [begun, setBegun] = useState<FeatureEntry>();
  const current = features.data?.find((one) => one.name === name);
  const feature = begun?.name === name ? begun : current;
  if (feature && feature !== begun) setBegun(feature);
  const { own } = feature ?? {};
  if (schema.data && feature && own?.definition) {
    const begin = { title: feature.title, description: own.description, key: own.key, unit: feature.unit ?? "", form: readMeasure(own.definition) };
    return <Editor key={`${name} ${own.version}`} schema={schema.data} feature={feature} own={own} begin={begin} onLoad={() => setBegun(current)} />;
  }
  const missing = features.data && !own?.definition;
  const error = schema.error ?? features.error;
  return <Page title={t("features.edit")}>{error || missing ? <Failing error={error ?? new Error(t("state.not_found"))} onRetry={() => void features.refetch()} /> : <Loading lines={8} />}</Page>;
}
