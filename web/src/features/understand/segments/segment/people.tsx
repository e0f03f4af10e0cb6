import { Button } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { IconUserSearch } from "@tabler/icons-react";
import { list } from "@/api/client";
import type { Card } from "@/api/types";
import { CustomerLink, Level, useName } from "@/features/customers/names";
import { useText } from "@/locale";
import { useMay } from "@/shell/session";
import { useAct } from "@/ui/act";
import { useFormat } from "@/ui/format";
import { Text } from "@/ui/page";
import { Empty, Notice } from "@/ui/states";
import type { Column } from "@/ui/table/columns";
import { useTableState } from "@/ui/table/state";
import { DataTable } from "@/ui/table/table";
import { changeMembers, membersPage, membersQuery } from "../queries";
import type { Segment } from "../types";
import css from "./segment.module.css";

/** The people of a segment, by pages; each opens. */
export default function People({ segment }: { segment: Segment }) {
  const { t } = useText();
  const format = useFormat();
  const name = useName();
  const navigate = useNavigate();
  const state = useTableState();
  const unmasked = useMay("personal:read");
  const mayWrite = useMay("customers:write");
  const after = state.cursors.at(-1);
  const people = useQuery({ ...membersQuery(segment.id, after), placeholderData: keepPreviousData });
  const takeOff = useAct({
    run: ({ rows }: { rows: Card[]; clear: () => void }) => changeMembers(segment.id, { remove: rows.map((card) => card.id) }),
    stale: [["segments"]],
    done: (out) => t("segments.taken_off", { n: out.removed }),
    then: (_, { clear }) => clear(),
  });

  const columns: Column<Card>[] = [
    { id: "name", title: t("customer.name"), fixed: true, value: name, cell: (c) => <CustomerLink card={c} /> },
    { id: "kana", title: t("customer.kana"), value: (c) => c.kana, cell: (c) => <Text clamp>{c.kana}</Text> },
    { id: "level", title: t("customer.level"), value: (c) => t(`level.${c.level}`), cell: (c) => <Level level={c.level} /> },
    { id: "email", title: t("identifier.email"), value: (c) => c.email, cell: (c) => <Text clip>{c.email}</Text> },
    { id: "phone", title: t("identifier.phone"), value: (c) => c.phone && format.phone(c.phone), cell: (c) => c.phone && format.phone(c.phone), tight: true },
    { id: "first_seen", title: t("customer.first_seen"), value: (c) => format.short(c.first_seen), cell: (c) => format.short(c.first_seen), tight: true },
    { id: "id", title: t("customer.id"), optional: true, value: (c) => c.id, cell: (c) => <span className="mono">{c.id}</span>, tight: true },
  ];

  async function* all() {
    for (let at: string | undefined, first = true; first || at; first = false) {
      const page = await membersPage(segment.id, at, 200);
      yield list(page.customers);
      at = page.next;
    }
  }

  return (
    <>
      {unmasked ? null : (
        <div className={css.inset}>
          <Notice tone="warn">{t("customers.masked")}</Notice>
        </div>
      )}
      <DataTable
        label={segment.name}
        state={state}
        columns={columns}
        rows={people.data && list(people.data.customers)}
        rowId={(c) => c.id}
        next={people.data?.next}
        busy={people.isPlaceholderData}
        error={people.error}
        onRetry={() => void people.refetch()}
        all={all}
        onOpen={(c) => void navigate({ to: "/customers/$id", params: { id: c.id } })}
        filters={people.data ? <span className="num">{t("segments.people", { n: format.number(people.data.total), count: people.data.total })}</span> : null}
        {...(segment.kind === "list" && mayWrite
          ? {
              actions: (rows: Card[], clear: () => void) => (
                <Button size="compact-xs" color="shu" loading={takeOff.isPending} onClick={() => takeOff.mutate({ rows, clear })}>
                  {t("segments.take_off")}
                </Button>
              ),
            }
          : {})}
        empty={
          <Empty title={t("segments.nobody")} icon={<IconUserSearch size={36} stroke={1.3} />}>
            {t(segment.kind === "list" ? "segments.nobody_list" : "segments.nobody_text")}
          </Empty>
        }
      />
    </>
  );
}
