import { Button, Menu, Tabs } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { IconArrowLeft, IconDotsVertical, IconPencil, IconRefresh, IconTrash } from "@tabler/icons-react";
import { lazy, Suspense, useState } from "react";
import { list } from "@/api/client";
import { useText } from "@/locale";
import { useMay } from "@/shell/session";
import { useAct } from "@/ui/act";
import { useFormat } from "@/ui/format";
import { Figures, Page, Panel, Tag } from "@/ui/page";
import { Failing, Loading } from "@/ui/states";
import { computeSegment, saveSegment, segmentQuery } from "../queries";
import { refreshes, type Refresh, type Segment } from "../types";
import { Problems } from "./facts";
import css from "./segment.module.css";

const History = lazy(() => import("./history"));
const People = lazy(() => import("./people"));
const Profile = lazy(() => import("./profile"));
const OverlapTab = lazy(() => import("./overlap"));
const Members = lazy(() => import("../lists/members"));
const Rename = lazy(() => import("../lists/rename"));
const Delete = lazy(() => import("./delete"));

/** One segment or list: what it says, who is in it, how it changes and what is different about its people. */
export default function SegmentPage() {
  const { t } = useText();
  const { id = "" }: { id?: string } = useParams({ strict: false });
  const segment = useQuery(segmentQuery(id));
  if (segment.data) return <One segment={segment.data} />;
  return (
    <Page title={t("place.segments")}>
      <Panel>{segment.error ? <Failing error={segment.error} onRetry={() => void segment.refetch()} action={<Back />} /> : <Loading lines={8} />}</Panel>
    </Page>
  );
}

function Back() {
  const { t } = useText();
  return (
    <Button variant="subtle" size="compact-sm" leftSection={<IconArrowLeft size={15} />} renderRoot={(props) => <Link to="/understand/segments" {...props} />}>
      {t("segments.back")}
    </Button>
  );
}

const tabs = ["history", "people", "profile", "overlap"] as const;

function One({ segment }: { segment: Segment }) {
  const { t } = useText();
  const navigate = useNavigate();
  const mayWrite = useMay("customers:write");
  const search: { tab?: string } = useSearch({ strict: false });
  const isList = segment.kind === "list";
  const [dialog, setDialog] = useState<"delete" | "rename">();
  const tab = search.tab ?? "history";
  const show = (to: string | null) => void navigate({ to: ".", search: { tab: to === "history" ? undefined : (to ?? undefined) }, replace: true });
  return (
    <Page
      title={segment.name}
      lead={
        <>
          <Tag tone={isList ? "plain" : "accent"}>{t(`segments.kind_${segment.kind}`)}</Tag> {segment.description}
        </>
      }
      actions={<Actions segment={segment} mayWrite={mayWrite} onDelete={() => setDialog("delete")} onRename={() => setDialog("rename")} />}
    >
      <Problems segment={segment} mayWrite={mayWrite && !isList} />
      <Panel>
        {isList ? null : <p className={css.sentence}>{segment.sentence}</p>}
        <Numbers segment={segment} />
      </Panel>
      {isList && mayWrite ? (
        <Suspense fallback={<Loading lines={4} />}>
          <Members segment={segment} />
        </Suspense>
      ) : null}
      <Panel flush>
        <Tabs value={tab} onChange={show} keepMounted={false}>
          <Tabs.List px={8} pt={4}>
            {tabs.map((one) => (
              <Tabs.Tab key={one} value={one}>
                {t(`segments.tab_${one}`)}
              </Tabs.Tab>
            ))}
          </Tabs.List>
          {tabs.map((one) => (
            <Tabs.Panel key={one} value={one}>
              <Suspense fallback={<Loading lines={6} />}>
                {one === "history" ? <History segment={segment} /> : one === "people" ? <People segment={segment} /> : one === "profile" ? <Profile segment={segment} /> : <OverlapTab segment={segment} />}
              </Suspense>
            </Tabs.Panel>
          ))}
        </Tabs>
      </Panel>
      <Suspense fallback={null}>
        {dialog === "delete" ? <Delete segment={segment} onClose={() => setDialog(undefined)} /> : null}
        {dialog === "rename" ? <Rename segment={segment} onClose={() => setDialog(undefined)} /> : null}
      </Suspense>
    </Page>
  );
}

function Numbers({ segment }: { segment: Segment }) {
  const { t } = useText();
  const format = useFormat();
  const used = list(segment.used_by);
  return (
    <>
      <Figures
        items={[
          { label: t("segments.size"), value: t("segments.people", { n: format.number(segment.size), count: segment.size }), note: t("segments.share_note", { share: format.percent(segment.share, 1) }) },
          ...(segment.kind === "list" ? [] : [{ label: t("segments.entered"), value: `+${format.number(segment.entered)}` }, { label: t("segments.left"), value: `−${format.number(segment.left)}` }]),
          { label: t("segments.computed"), value: segment.computed_at ? format.relative(segment.computed_at) : "–", note: segment.computed_at ? t("segments.took", { time: format.short(segment.computed_at), ms: format.number(segment.took_ms) }) : undefined },
        ]}
      />
      {used.length > 0 ? (
        <p className={css.used}>
          {t("segments.used_by")}:{" "}
          {used.map((one) => (
            <Link key={one.id} to="/understand/segments/$id" params={{ id: one.id }}>
              <bdi>{one.name}</bdi>
            </Link>
          ))}
        </p>
      ) : null}
    </>
  );
}

interface ActionsProps {
  segment: Segment;
  mayWrite: boolean;
  onDelete: () => void;
  onRename: () => void;
}

function Actions({ segment, mayWrite, onDelete, onRename }: ActionsProps) {
  const { t } = useText();
  const compute = useAct({ run: () => computeSegment(segment.id), stale: [["segments"]], done: (one) => t("segments.computed_now", { n: one.size }) });
  const schedule = useAct({
    run: (refresh: Refresh) => saveSegment(segment.id, { name: segment.name, description: segment.description, refresh, kind: segment.kind, version: segment.version, ...(segment.condition ? { condition: segment.condition } : {}) }),
    stale: [["segments"]],
    done: t("action.saved"),
  });
  return (
    <>
      <Back />
      {mayWrite && segment.condition ? (
        <>
          <Button variant="default" size="compact-md" leftSection={<IconRefresh size={16} stroke={1.6} />} loading={compute.isPending} onClick={() => compute.mutate()}>
            {t("segments.compute")}
          </Button>
          <Button size="compact-md" leftSection={<IconPencil size={16} stroke={1.6} />} renderRoot={(props) => <Link to="/understand/segments/$id/edit" params={{ id: segment.id }} {...props} />}>
            {t("segments.edit")}
          </Button>
        </>
      ) : null}
      {mayWrite ? (
        <Menu position="bottom-end" width={230}>
          <Menu.Target>
            <Button variant="default" size="compact-md" leftSection={<IconDotsVertical size={16} />} loading={schedule.isPending}>
              {t("person.more")}
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {!segment.condition ? (
              <Menu.Item leftSection={<IconPencil size={16} stroke={1.6} />} onClick={onRename}>
                {t("segments.rename")}
              </Menu.Item>
            ) : (
              <>
                <Menu.Label>{t("segments.refresh")}</Menu.Label>
                {refreshes.map((one) => (
                  <Menu.Item key={one} role="menuitemradio" aria-checked={segment.refresh === one} rightSection={segment.refresh === one ? "●" : null} onClick={() => schedule.mutate(one)}>
                    {t(`segments.refresh_${one}`)}
                  </Menu.Item>
                ))}
                <Menu.Divider />
              </>
            )}
            <Menu.Item color="shu" leftSection={<IconTrash size={16} stroke={1.6} />} onClick={onDelete}>
              {t("action.remove")}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      ) : null}
    </>
  );
}
