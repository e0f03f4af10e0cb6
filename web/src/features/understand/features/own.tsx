import { Link } from "@tanstack/react-router";
import { list } from "@/api/client";
import type { components } from "@/api/schema";
import { useText } from "@/locale";
import { useFormat } from "@/ui/format";
import { Text } from "@/ui/page";
import { DefinitionNotices } from "../notices";
import css from "./features.module.css";

export type Own = components["schemas"]["OwnFeatureEntry"];

/** Segments by name, each a link. */
export function Users({ of, onOpen }: { of: Own["used_by"]; onOpen?: () => void }) {
  return list(of).map((one, i) => (
    <span key={one.id}>
      {i > 0 ? " · " : null}
      <Link to="/understand/segments/$id" params={{ id: one.id }} {...(onOpen ? { onClick: onOpen } : {})}>
        <bdi>{one.name}</bdi>
      </Link>
    </span>
  ));
}

/** What is to be known about a feature that the shop defined: why it was, who uses it, and what is wrong with it. */
export function OwnNotes({ own }: { own: Own }) {
  const { t } = useText();
  const format = useFormat();
  return (
    <>
      {own.description ? (
        <p className={css.about}>
          <Text>{own.description}</Text>
        </p>
      ) : null}
      <DefinitionNotices says={{ faults: t("features.faults_text"), quiet: t("features.quiet_text") }} faults={own.faults} quiet={own.quiet} />
      <p className="soft">
        {t("features.made", { day: format.shortDay(own.created_at), changed: format.shortDay(own.updated_at) })} · {t("features.measured")}
        {list(own.used_by).length > 0 ? (
          <>
            <br />
            {t("features.used_by")}: <Users of={own.used_by} />
          </>
        ) : null}
      </p>
    </>
  );
}
