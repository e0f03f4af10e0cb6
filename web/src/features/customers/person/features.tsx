import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { customerFeaturesQuery } from "@/api/queries";
import { writeFeature } from "@/features/understand/features/value";
import { useText } from "@/locale";
import { useFormat } from "@/ui/format";
import { Facts, Text } from "@/ui/page";
import { Empty, Loaded } from "@/ui/states";
import css from "./person.module.css";

/** What is computed about the person, each with its definition at hand. */
export default function Features({ id }: { id: string }) {
  const { t } = useText();
  const format = useFormat();
  const features = useQuery(customerFeaturesQuery(id));
  return (
    <Loaded query={features}>
      {(all) =>
        all.length === 0 ? (
          <Empty title={t("features.none")}>{t("features.none_text")}</Empty>
        ) : (
          <div className={css.features}>
            <Facts
              items={all.map((f) => ({
                key: f.name,
                label: (
                  <Link to="/understand/features" search={{ name: f.name }} title={f.about}>
                    {f.title}
                  </Link>
                ),
                value: <Text>{writeFeature(f, f.value, format, t)}</Text>,
              }))}
            />
            <p className="soft">{t("features.computed")}</p>
          </div>
        )
      }
    </Loaded>
  );
}
