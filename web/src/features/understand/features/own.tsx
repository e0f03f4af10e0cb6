import { Link } from "@tanstack/react-router";
import { list } from "@/api/client";
import type { components } from "@/api/schema";
import { useText } from "@/locale";
import { useFormat } from "@/ui/format";
import { Text } from "@/ui/page";
import { Notice } from "@/ui/states";
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
  const [faults, quiet] = [list(own.faults), list(own.quiet)];
  return (
    <>
      {own.description ? (
        <p className={css.about}>
          <Text>{own.description}</Text>
        </p>
      ) : null}
      {faults.length > 0 ? (
        <Notice tone="bad">
          {t("features.faults_text")}
          <ul>
            {faults.map((fault) => (
              <li key={fault.field + fault.detail}>{fault.detail}</li>
            ))}
          </ul>
        </Notice>
      ) : null}
      {quiet.length > 0 ? (
        <Notice tone="warn">
          {t("features.quiet_text")}
          <ul>
            {quiet.map((one) => (
              <li key={`${one.of ?? ""} ${one.field}`}>
                <Text>{t("segments.quiet_field", { title: one.title || one.field, day: format.day(one.last_seen) })}</Text>
              </li>
            ))}
          </ul>
        </Notice>
      ) : null}
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
