import { Button, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { IconPencil, IconPlus, IconTrash } from "@tabler/icons-react";
import { lazy, Suspense, useState } from "react";
import { featureQuery, featuresQuery } from "@/api/queries";
import type { FeatureEntry } from "@/api/types";
import { useText } from "@/locale";
import { useMay } from "@/shell/session";
import { useFormat } from "@/ui/format";
import { Page, Panel, Text } from "@/ui/page";
import { Empty, Loaded } from "@/ui/states";
import { readMark, writeMark } from "./mark";
import { OwnNotes } from "./own";
import { spanOf, Spread } from "./spread";
import css from "./features.module.css";

const Delete = lazy(() => import("./delete"));
const People = lazy(() => import("./people"));

/** What is computed about every person: definitions, how each value is spread, and who has it. */
export default function FeaturesPage() {
  const { t } = useText();
  const features = useQuery(featuresQuery);
  const mayWrite = useMay("customers:write");
  const search: { name?: string } = useSearch({ strict: false });
  return (
    <Page title={t("place.features")} lead={t("features.lead")} actions={mayWrite ? <Create /> : null}>
      <Loaded query={features}>
        {(all) => {
          const chosen = all.find((f) => f.name === search.name) ?? all[0];
          return chosen ? (
            <div className={css.columns}>
              <Names all={all} chosen={chosen} />
              <One key={chosen.name} feature={chosen} mayWrite={mayWrite} />
            </div>
          ) : null;
        }}
      </Loaded>
    </Page>
  );
}

function Create() {
  const { t } = useText();
  return (
    <Button size="compact-md" leftSection={<IconPlus size={16} />} renderRoot={(props) => <Link to="/understand/features/new" {...props} />}>
      {t("features.create")}
    </Button>
  );
}

/** All features, the shop's own apart, to be searched. */
function Names({ all, chosen }: { all: FeatureEntry[]; chosen: FeatureEntry }) {
  const { t } = useText();
  const [typed, setTyped] = useState("");
  const plain = (text: string) => text.normalize("NFKC").toLowerCase();
  const found = all.filter((f) => plain(f.title).includes(plain(typed.trim())));
  const own = found.filter((f) => f.own);
  const group = (title: string, of: FeatureEntry[]) =>
    of.length > 0 ? (
      <>
        <h2 className={css.group}>{title}</h2>
        {of.map((f) => (
          <Link key={f.name} to="/understand/features" search={{ name: f.name }} replace {...(f.name === chosen.name ? { "data-active": true, "aria-current": "true" } : {})}>
            <bdi>{f.title}</bdi>
          </Link>
        ))}
      </>
    ) : null;
  return (
    <Panel flush>
      <div className={css.search}>
        <TextInput size="xs" type="search" aria-label={t("features.search")} placeholder={t("features.search")} value={typed} onChange={(event) => setTyped(event.currentTarget.value)} />
      </div>
      <nav aria-label={t("place.features")} className={css.list}>
        {group(t("features.own"), own)}
        {typed || own.length > 0 ? null : <p className={css.none}>{t("features.own_none")}</p>}
        {group(t("features.built_in"), found.filter((f) => !f.own))}
        {found.length === 0 ? <p className={css.none}>{t("features.search_none")}</p> : null}
      </nav>
    </Panel>
  );
}

function One({ feature, mayWrite }: { feature: FeatureEntry; mayWrite: boolean }) {
  const { t } = useText();
  const format = useFormat();
  const navigate = useNavigate();
  const search: { mark?: string } = useSearch({ strict: false });
  const { own } = feature;
  const hidden = own?.personal ?? false;
  const distribution = useQuery({ ...featureQuery(feature.name), enabled: !hidden });
  const [deleting, setDeleting] = useState(false);
  const mark = readMark(search.mark);
  const show = (next: string | undefined) => void navigate({ to: ".", search: { name: feature.name, mark: next }, replace: false, resetScroll: false });
  const tools =
    own && mayWrite && !hidden ? (
      <>
        <Button variant="default" size="compact-sm" leftSection={<IconPencil size={15} stroke={1.6} />} renderRoot={(props) => <Link to="/understand/features/$name/edit" params={{ name: feature.name }} {...props} />}>
          {t("features.edit")}
        </Button>
        <Button variant="default" size="compact-sm" leftSection={<IconTrash size={15} stroke={1.6} />} onClick={() => setDeleting(true)}>
          {t("action.remove")}
        </Button>
      </>
    ) : null;
  return (
    <Panel title={<Text>{feature.title}</Text>} aside={tools}>
      <p className={css.about}>
        {feature.about} {feature.window ? <span className="soft">{t("features.window", { days: feature.window })}</span> : null}
      </p>
      {own ? <OwnNotes own={own} /> : null}
      {hidden ? null : (
        <Loaded query={distribution}>
          {(d) => (d.known === 0 ? <Empty title={t("features.nobody")}>{t("features.nobody_text")}</Empty> : <Spread of={d} title={feature.title} onOpen={(opened) => show(writeMark(opened))} />)}
        </Loaded>
      )}
      <Suspense fallback={null}>
        {mark && !hidden ? <People name={feature.name} mark={mark} title={t("features.people_of", { title: feature.title, span: spanOf(feature, mark, format, t) })} onClose={() => show(undefined)} /> : null}
        {deleting && own ? <Delete feature={feature} own={own} onClose={() => setDeleting(false)} /> : null}
      </Suspense>
    </Panel>
  );
}
