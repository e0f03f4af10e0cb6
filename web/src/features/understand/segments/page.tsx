import { Button, Menu } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { IconChevronDown, IconFilterPlus, IconListDetails, IconPlus, IconUsersGroup } from "@tabler/icons-react";
import { lazy, Suspense, useState } from "react";
import { list } from "@/api/client";
import { useText } from "@/locale";
import { useMay } from "@/shell/session";
import { useFormat } from "@/ui/format";
import { Page, Panel, Share, Tag, Text } from "@/ui/page";
import { Empty } from "@/ui/states";
import type { Column } from "@/ui/table/columns";
import { Filter } from "@/ui/table/filter";
import { useTableState } from "@/ui/table/state";
import { DataTable } from "@/ui/table/table";
import { segmentsQuery } from "./queries";
import type { Segment } from "./types";
import { Change, Warnings } from "./segment/facts";

const NewList = lazy(() => import("./lists/new"));

/** All segments and lists. */
export default function SegmentsPage() {
  const { t } = useText();
  const format = useFormat();
  const navigate = useNavigate();
  const state = useTableState();
  const mayWrite = useMay("customers:write");
  const [making, setMaking] = useState(false);
  const segments = useQuery(segmentsQuery);
  const wanted = (state.search.q ?? "").toLowerCase();
  const rows = segments.data?.filter((one) => `${one.name} ${one.description} ${one.sentence ?? ""}`.toLowerCase().includes(wanted));

  const columns: Column<Segment>[] = [
    {
      id: "name", title: t("segments.name"), fixed: true, sortable: true, value: (s) => s.name,
      cell: (s) => (
        <>
          <Link to="/understand/segments/$id" params={{ id: s.id }}>
            <Text clamp>{s.name}</Text>
          </Link>
          <small className="soft">
            <Text clamp>{s.kind === "list" ? s.description : s.sentence}</Text>
          </small>
        </>
      ),
    },
    { id: "kind", title: t("segments.kind"), sortable: true, value: (s) => t(`segments.kind_${s.kind}`), cell: (s) => <Tag tone={s.kind === "list" ? "plain" : "accent"}>{t(`segments.kind_${s.kind}`)}</Tag>, tight: true },
    { id: "size", title: t("segments.size"), sortable: true, end: true, value: (s) => s.size, cell: (s) => format.number(s.size), tight: true },
    { id: "share", title: t("segments.share"), sortable: true, value: (s) => s.share, cell: (s) => <Share value={s.share} label={format.percent(s.share, 1)} /> },
    { id: "change", title: t("segments.change"), sortable: true, value: (s) => s.entered - s.left, cell: (s) => (s.kind === "list" ? "–" : <Change segment={s} />), tight: true },
    { id: "computed", title: t("segments.computed"), sortable: true, value: (s) => s.computed_at && format.short(s.computed_at), cell: (s) => (s.computed_at ? format.relative(s.computed_at) : "–"), tight: true },
    { id: "refresh", title: t("segments.refresh"), value: (s) => (s.kind === "list" ? undefined : t(`segments.refresh_${s.refresh}`)), cell: (s) => (s.kind === "list" ? "–" : t(`segments.refresh_${s.refresh}`)), tight: true },
    { id: "used", title: t("segments.used_by"), sortable: true, end: true, value: (s) => list(s.used_by).length, cell: (s) => list(s.used_by).length || "–", tight: true },
    { id: "warnings", title: t("segments.warnings"), value: (s) => list(s.faults).length + list(s.quiet).length + (s.failure ? 1 : 0), cell: (s) => <Warnings segment={s} /> },
  ];

  return (
    <Page title={t("place.segments")} lead={t("segments.lead")} actions={mayWrite ? <Create onList={() => setMaking(true)} /> : undefined}>
      <Panel flush>
        <DataTable
          label={t("place.segments")}
          place="segments"
          state={state}
          columns={columns}
          rows={rows}
          rowId={(s) => s.id}
          local
          error={segments.error}
          onRetry={() => void segments.refetch()}
          onOpen={(s) => void navigate({ to: "/understand/segments/$id", params: { id: s.id } })}
          filters={segments.data && segments.data.length > 0 ? <Filter state={state} label={t("segments.search")} /> : null}
          empty={
            wanted ? (
              <Empty title={t("table.no_match")} />
            ) : (
              <Empty
                title={t("segments.none")}
                icon={<IconUsersGroup size={36} stroke={1.3} />}
                action={mayWrite ? <Button renderRoot={(props) => <Link to="/understand/segments/new" {...props} />}>{t("segments.create_first")}</Button> : undefined}
              >
                {t("segments.none_text")}
              </Empty>
            )
          }
        />
      </Panel>
      <Suspense fallback={null}>{making ? <NewList onClose={() => setMaking(false)} /> : null}</Suspense>
    </Page>
  );
}

function Create({ onList }: { onList: () => void }) {
  const { t } = useText();
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button size="compact-md" leftSection={<IconPlus size={16} />} rightSection={<IconChevronDown size={14} />}>
          {t("segments.create")}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconFilterPlus size={16} />} component={Link} to="/understand/segments/new">
          {t("segments.create_rule")}
        </Menu.Item>
        <Menu.Item leftSection={<IconListDetails size={16} />} onClick={onList}>
          {t("segments.create_list")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
