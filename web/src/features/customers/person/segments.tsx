import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { list } from "@/api/client";
import { membershipsQuery } from "@/features/understand/segments/queries";
import { useText } from "@/locale";
import { useFormat } from "@/ui/format";
import { Facts, Tag, Text } from "@/ui/page";
import { Empty, Loaded } from "@/ui/states";
import css from "./person.module.css";

/** The segments and lists the person is in, and those the person was in. */
export default function Segments({ id }: { id: string }) {
  const { t } = useText();
  const format = useFormat();
  const memberships = useQuery(membershipsQuery(id));
  const name = (one: { id: string; name: string }) => (
    <Link to="/understand/segments/$id" params={{ id: one.id }}>
      <Text>{one.name}</Text>
    </Link>
  );
  return (
    <Loaded query={memberships}>
      {(told) => {
        const [now, before] = [list(told.segments), list(told.former)];
        if (now.length + before.length === 0) return <Empty title={t("segments.person_none")}>{t("segments.person_none_text")}</Empty>;
        return (
          <div className={css.features}>
            <Facts
              items={[
                ...now.map((one) => ({
                  key: one.id,
                  label: name(one),
                  value: (
                    <>
                      <Tag tone={one.kind === "list" ? "plain" : "accent"}>{t(`segments.kind_${one.kind}`)}</Tag> {one.entered ? t("segments.person_since", { day: format.day(one.entered) }) : null}
                    </>
                  ),
                })),
                ...before.map((one) => ({ key: `left ${one.id}`, label: name(one), value: one.left ? <span className="soft">{t("segments.person_left", { day: format.day(one.left) })}</span> : null })),
              ]}
            />
          </div>
        );
      }}
    </Loaded>
  );
}
