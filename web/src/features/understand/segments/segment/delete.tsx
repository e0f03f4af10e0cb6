import { Link, useNavigate } from "@tanstack/react-router";
import { list } from "@/api/client";
import { useText } from "@/locale";
import { useAct } from "@/ui/act";
import { Confirm } from "@/ui/confirm";
import { deleteSegment } from "../queries";
import type { Segment } from "../types";

/** Deletes a segment that nothing refers to; says what does. */
export default function DeleteSegment({ segment, onClose }: { segment: Segment; onClose: () => void }) {
  const { t } = useText();
  const navigate = useNavigate();
  const used = list(segment.used_by);
  const remove = useAct({
    quiet: true,
    run: () => deleteSegment(segment.id),
    done: t("segments.deleted"),
    then: () => void navigate({ to: "/understand/segments" }),
    stale: [["segments", "all"], ["segments", "schema"]],
  });
  return (
    <Confirm opened title={t("segments.delete_title", { name: segment.name })} action={t("action.remove")} danger busy={remove.isPending} refused={used.length > 0} error={remove.error} onConfirm={() => remove.mutate()} onClose={onClose}>
      {used.length > 0 ? (
        <>
          <div>{t("segments.delete_used")}</div>
          <ul style={{ margin: 0 }}>
            {used.map((one) => (
              <li key={one.id}>
                <Link to="/understand/segments/$id" params={{ id: one.id }} onClick={onClose}>
                  <bdi>{one.name}</bdi>
                </Link>
              </li>
            ))}
          </ul>
        </>
      ) : (
        <div>{t(segment.kind === "list" ? "segments.delete_list_text" : "segments.delete_text")}</div>
      )}
    </Confirm>
  );
}
