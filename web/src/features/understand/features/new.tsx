import { useQuery } from "@tanstack/react-query";
import { useText } from "@/locale";
import { Page } from "@/ui/page";
import { Failing, Loading } from "@/ui/states";
import { schemaQuery } from "../segments/queries";
import { Editor } from "./editor";
import { formOf, orderMeasure } from "./measure";

/** A new feature of the shop's own. */
export default function NewFeature() {
  const { t } = useText();
  const schema = useQuery(schemaQuery);
  if (schema.data) return <Editor schema={schema.data} begin={{ title: "", description: "", key: "", unit: "", form: formOf(orderMeasure(schema.data.currency)) }} />;
  return <Page title={t("features.new_title")}>{schema.error ? <Failing error={schema.error} onRetry={() => void schema.refetch()} /> : <Loading lines={8} />}</Page>;
}
