import { Link } from "@tanstack/react-router";
import { list } from "@/api/client";
import { useText } from "@/locale";
import { useFormat } from "@/ui/format";
import { Tag } from "@/ui/page";
import { Notice } from "@/ui/states";
import { DefinitionNotices } from "../../notices";
import type { Segment } from "../types";

/** Who came and went in the last computation. */
export function Change({ segment: { entered, left } }: { segment: Pick<Segment, "entered" | "left"> }) {
  const { t } = useText();
  const format = useFormat();
  if (entered === 0 && left === 0) return <span className="soft">{t("segments.no_change")}</span>;
  return (
    <span className="num" aria-label={t("segments.change_text", { entered: format.number(entered), left: format.number(left) })}>
      +{format.number(entered)} −{format.number(left)}
    </span>
  );
}

/** What is wrong with a segment, in a word each. */
export function Warnings({ segment }: { segment: Segment }) {
  const { t } = useText();
  const [faults, quiet] = [list(segment.faults), list(segment.quiet)];
  return (
    <>
      {segment.failure ? <Tag tone="bad">{t("segments.warning_error")}</Tag> : null}
      {faults.length > 0 ? <Tag tone="bad">{t("segments.warning_faults")}</Tag> : null}
      {quiet.length > 0 ? <Tag tone="warn">{t("segments.warning_quiet")}</Tag> : null}
    </>
  );
}

/** The same in sentences, with what to do. */
export function Problems({ segment, mayWrite }: { segment: Segment; mayWrite: boolean }) {
  const { t } = useText();
  const mend = mayWrite ? (
    <Link to="/understand/segments/$id/edit" params={{ id: segment.id }}>
      {t("segments.mend")}
    </Link>
  ) : null;
  return (
    <>
      {segment.failure ? <Notice tone="bad">{segment.failure}</Notice> : null}
      <DefinitionNotices says={{ faults: t("segments.faults_text"), quiet: t("segments.quiet_text") }} faults={segment.faults} quiet={segment.quiet} mend={mend} />
    </>
  );
}
