import { useNavigate } from "@tanstack/react-router";
import { list } from "@/api/client";
import type { FeatureEntry } from "@/api/types";
import { useText } from "@/locale";
import { useAct } from "@/ui/act";
import { Confirm } from "@/ui/confirm";
import { Users, type Own } from "./own";
import { deleteFeature } from "./queries";

/** Deletes a feature that no segment asks about; says which do. */
export default function DeleteFeature({ feature, own, onClose }: { feature: FeatureEntry; own: Own; onClose: () => void }) {
  const { t } = useText();
  const navigate = useNavigate();
  const used = list(own.used_by).length > 0;
  const remove = useAct({
    quiet: true,
    run: () => deleteFeature(feature.name),
    done: t("features.deleted"),
    then: () => void navigate({ to: "/understand/features" }),
    stale: [["features", "all"], ["segments", "schema"], ["customers", "features"]],
  });
  return (
    <Confirm opened title={t("features.delete_title", { name: feature.title })} action={t("action.remove")} danger busy={remove.isPending} refused={used} error={remove.error} onConfirm={() => remove.mutate()} onClose={onClose}>
      <div>{t(used ? "features.delete_used" : "features.delete_text")}</div>
      {used ? (
        <div>
          <Users of={own.used_by} onOpen={onClose} />
        </div>
      ) : null}
    </Confirm>
  );
}
