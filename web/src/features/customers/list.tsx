import { Chip, CloseButton, Group, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { Button } from "@mantine/core";
import { IconSearch, IconUserSearch } from "@tabler/icons-react";
import { useState } from "react";
import { api, data, list } from "@/api/client";
import { Problem } from "@/api/problem";
import { identityQuery } from "@/api/queries";
import type { Card } from "@/api/types";
import { useText } from "@/locale";
import { useMay } from "@/shell/session";
import { useFormat } from "@/ui/format";
import { Page, Panel, Text } from "@/ui/page";
import { Empty, Notice } from "@/ui/states";
import type { Column } from "@/ui/table/columns";
import { useTableState } from "@/ui/table/state";
import { DataTable } from "@/ui/table/table";
import { CustomerLink, Level, useName } from "./names";

interface People {
  customers: Card[];
  next: string | undefined;
}

const levelsOf = ["member", "lead", "visitor"] as const;

const sorts = ["first_seen", "-first_seen", "updated_at", "-updated_at", "name", "-name"] as const;
type Sort = (typeof sorts)[number];

interface Asked {
  q: string;
  levels: Card["level"][];
  sort: Sort | undefined;
}

/** One page of people; where the search finds nobody, the text may be an exact identifier. */
async function findPeople({ q, levels, sort }: Asked, before: string | undefined, limit: number, unmasked: boolean, signal?: AbortSignal): Promise<People> {
  const query = { limit, ...(q ? { q } : {}), ...(levels.length > 0 ? { level: levels } : {}), ...(sort ? { sort } : {}), ...(before ? { before } : {}) };
  const page = await data(api.GET("/api/v1/customers", { params: { query }, ...(signal ? { signal } : {}) }));
  const customers = list(page.customers);
  // Who may not see personal data is only told whom such a text names in full.
  if (customers.length > 0 || !q || levels.length > 0 || before || !unmasked) return { customers, next: page.next };
  try {
    const one = await data(api.GET("/api/v1/customers/{reference}", { params: { path: { reference: q } }, ...(signal ? { signal } : {}) }));
    return { customers: [one], next: undefined };
  } catch (error) {
    if (error instanceof Problem && [400, 404, 409].includes(error.status)) return { customers: [], next: undefined };
    throw error;
  }
}

/** Everybody of whom something is known. */
export default function CustomerList() {
  const { t } = useText();
  const format = useFormat();
  const navigate = useNavigate();
  const state = useTableState();
  const name = useName();
  const unmasked = useMay("personal:read");
  const q = state.search.q ?? "";
  const asked: Asked = {
    q,
    levels: levelsOf.filter((level) => state.search.level?.split(",").includes(level)),
    // Who may not see names is told people in no order of them.
    sort: sorts.find((sort) => sort === state.search.sort && (unmasked || !sort.endsWith("name"))),
  };
  const before = state.cursors.at(-1);
  const people = useQuery({
    queryKey: ["customers", "list", asked, before, unmasked],
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => findPeople(asked, before, 50, unmasked, signal),
  });
  const counts = useQuery({ ...identityQuery, enabled: useMay("data:read") });

  const columns: Column<Card>[] = [
    { id: "name", title: t("customer.name"), fixed: true, sortable: unmasked && !q, hint: t("customers.sort_name"), value: name, cell: (c) => <CustomerLink card={c} /> },
    { id: "kana", title: t("customer.kana"), value: (c) => c.kana, cell: (c) => <Text clip>{c.kana}</Text> },
    { id: "level", title: t("customer.level"), value: (c) => t(`level.${c.level}`), cell: (c) => <Level level={c.level} /> },
    { id: "email", title: t("identifier.email"), value: (c) => c.email, cell: (c) => <Text clip>{c.email}</Text> },
    { id: "phone", title: t("identifier.phone"), value: (c) => c.phone && format.phone(c.phone), cell: (c) => c.phone && format.phone(c.phone), tight: true },
    { id: "first_seen", title: t("customer.first_seen"), sortable: !q, value: (c) => format.short(c.first_seen), cell: (c) => <Day time={c.first_seen} />, tight: true },
    { id: "updated_at", title: t("customer.updated_at"), sortable: !q, value: (c) => format.short(c.updated_at), cell: (c) => <Day time={c.updated_at} />, tight: true },
    { id: "id", title: t("customer.id"), optional: true, value: (c) => c.id, cell: (c) => <span className="mono">{c.id}</span>, tight: true },
  ];

  async function* all() {
    for (let at: string | undefined, first = true; first || at; first = false) {
      const page: People = await findPeople(asked, at, 200, unmasked);
      yield page.customers;
      at = page.next;
    }
  }

  return (
    <Page title={t("room.customers")} lead={counts.data ? t("customers.lead", { known: format.number(counts.data.known), visitors: format.number(counts.data.visitors) }) : t("customers.lead_plain")}>
      {unmasked ? null : <Notice tone="warn">{t("customers.masked")}</Notice>}
      <Panel flush>
        <DataTable
          label={t("room.customers")}
          place="customers"
          state={state}
          columns={columns}
          rows={people.data?.customers}
          rowId={(c) => c.id}
          next={people.data?.next}
          filterWords={{ level: { title: t("customer.level"), value: (raw) => raw.split(",").map((level) => t(`level.${level}`)).join(t("list.separator")) } }}
          busy={people.isPlaceholderData}
          error={people.error}
          onRetry={() => void people.refetch()}
          all={all}
          onOpen={(c) => void navigate({ to: "/customers/$id", params: { id: c.id } })}
          filters={
            <>
              <SearchBox value={q} hint={t(unmasked ? "customers.search_hint" : "customers.search_hint_masked")} onChange={(value) => state.set({ q: value })} />
              <Levels chosen={asked.levels} onChoose={(chosen) => state.set({ level: chosen.join(",") })} />
            </>
          }
          actions={(rows) =>
            rows.length === 2 && rows[0] && rows[1] ? (
              <Button size="compact-xs" renderRoot={(props) => <Link to="/customers/$id" params={{ id: rows[0]?.id ?? "" }} search={{ merge: rows[1]?.id }} {...props} />}>
                {t("customers.compare")}
              </Button>
            ) : (
              <span className="soft">{t("customers.pick_two")}</span>
            )
          }
          empty={
            q || asked.levels.length > 0 ? (
              <Empty title={t("customers.none_found")} icon={<IconUserSearch size={36} stroke={1.3} />} action={<Button variant="default" onClick={() => state.set({ q: undefined, level: undefined })}>{t("customers.show_all")}</Button>}>
                {q ? t(unmasked ? "customers.none_found_text" : "customers.none_found_masked") : null}
              </Empty>
            ) : (
              <Empty title={t("customers.none")} action={<Button renderRoot={(props) => <Link to="/data/import" {...props} />}>{t("customers.none_action")}</Button>}>
                {t("customers.none_text")}
              </Empty>
            )
          }
        />
      </Panel>
    </Page>
  );
}

/** A day; its time when one points at it. */
function Day({ time }: { time: string }) {
  const format = useFormat();
  return (
    <time dateTime={time} title={format.moment(time)}>
      {format.shortDay(time)}
    </time>
  );
}

/** Which people are listed; without a choice, everybody but anonymous visitors. */
function Levels({ chosen, onChoose }: { chosen: string[]; onChoose: (chosen: string[]) => void }) {
  const { t } = useText();
  return (
    <Chip.Group multiple value={chosen} onChange={onChoose}>
      <Group gap={6} role="group" aria-label={t("customer.level")}>
        {levelsOf.map((level) => (
          <Chip key={level} value={level} size="xs" radius="sm" variant="light">
            {t(`level.${level}`)}
          </Chip>
        ))}
      </Group>
    </Chip.Group>
  );
}

function SearchBox({ value, hint, onChange }: { value: string; hint: string; onChange: (value: string) => void }) {
  const { t } = useText();
  const [typed, setTyped] = useState(value);
  const tell = useDebouncedCallback(onChange, 250);
  const [seen, setSeen] = useState(value);
  if (seen !== value) { // the address changed by other means: a view, "back"
    setSeen(value);
    if (value !== typed.trim()) setTyped(value);
  }
  return (
    <TextInput
      style={{ flex: "1 1 240px", maxWidth: 400 }}
      type="search"
      aria-label={t("customers.search")}
      placeholder={hint}
      leftSection={<IconSearch size={16} />}
      rightSection={typed ? <CloseButton size="sm" aria-label={t("action.clear")} onClick={() => { setTyped(""); onChange(""); }} /> : null}
      value={typed}
      onChange={(event) => {
        setTyped(event.currentTarget.value);
        tell(event.currentTarget.value.trim());
      }}
    />
  );
}
