import { ActionIcon, Button, Checkbox, Popover, TextInput } from "@mantine/core";
import { queryOptions, useQuery } from "@tanstack/react-query";
import { IconBookmark, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { api, data, list } from "@/api/client";
import { sessionQuery, type View } from "@/api/session";
import { useText } from "@/locale";
import { useAct } from "../act";
import { Clash } from "../clash";
import css from "../ui.module.css";
import type { TableState } from "./state";

/** What of the address belongs to a view: everything but the page. */
function queryOf(state: TableState): string {
  const entries = Object.entries(state.search).filter((e): e is [string, string] => e[0] !== "at" && !!e[1]);
  return new URLSearchParams(entries.sort()).toString();
}

const viewsQuery = (place: string) =>
  queryOptions({
    queryKey: ["views", place],
    queryFn: async ({ signal }) => list((await data(api.GET("/api/v1/views", { params: { query: { place } }, signal }))).views),
  });

/** Named states of a table. */
export function Views({ place, state, words }: { place: string; state: TableState; words: (query: string) => string }) {
  const { t } = useText();
  const [name, setName] = useState("");
  const [shared, setShared] = useState(false);
  const [opened, setOpened] = useState(false);
  const query = viewsQuery(place);
  const stale = [query.queryKey];
  const views = useQuery(query);
  const { data: session } = useQuery(sessionQuery);
  const own = (all: View[] | undefined) => all?.find((view) => view.name === name.trim() && view.owner === session?.user.id);
  const add = useAct({
    quiet: true,
    run: (on: View | undefined) => api.PUT("/api/v1/views", { params: { query: { place } }, body: { name: name.trim(), query: queryOf(state), shared, ...(on ? { version: on.version } : {}) } }),
    stale,
    done: t("view.saved"),
    then: () => setName(""),
  });
  const remove = useAct({
    quiet: true,
    run: (view: View) => api.DELETE("/api/v1/views/{id}", { params: { path: { id: view.id }, query: { version: view.version } } }),
    stale,
    done: t("view.deleted"),
  });
  const inWords = (view: View) => t("view.in_words", { name: view.name, words: words(view.query) });
  const now = queryOf(state);
  const current = views.data?.find((view) => view.query === now);
  const show = (query: string) => {
    state.replace(Object.fromEntries(new URLSearchParams(query)));
    setOpened(false);
  };
  return (
    <Popover position="bottom-end" opened={opened} onChange={setOpened} width={280} shadow="md" trapFocus>
      <Popover.Target>
        <Button variant="default" size="compact-sm" leftSection={<IconBookmark size={15} stroke={1.6} />} onClick={() => setOpened(!opened)} aria-expanded={opened}>
          {current ? current.name : t("view.title")}
        </Button>
      </Popover.Target>
      <Popover.Dropdown p={8} aria-label={t("view.title")}>
        <div className={css.stack} style={{ gap: 2 }}>
          <Button variant="subtle" color="gray" size="xs" justify="start" onClick={() => show("")}>
            {t("view.default")}
          </Button>
          {views.data?.map((view) => (
            <div key={view.id} style={{ display: "flex", alignItems: "center" }}>
              <Button variant={view === current ? "light" : "subtle"} color={view === current ? "ai" : "gray"} size="xs" justify="start" style={{ flex: 1, minWidth: 0 }} title={words(view.query)} onClick={() => show(view.query)}>
                {view.name}
              </Button>
              <ActionIcon size={26} aria-label={t("view.delete", { name: view.name })} onClick={() => remove.mutate(view)}>
                <IconTrash size={14} />
              </ActionIcon>
            </div>
          ))}
          <Clash error={remove.error} query={query} pick={(all) => all.find((view) => view.id === remove.variables?.id)} show={inWords} onLoad={() => remove.reset()} onTop={(theirs) => theirs && remove.mutate(theirs)} action={t("clash.remove")} />
        </div>
        <form
          className={css.stack}
          style={{ gap: 6, borderTop: "1px solid var(--line)", marginTop: 8, paddingTop: 8 }}
          onSubmit={(e) => {
            e.preventDefault();
            if (name.trim()) add.mutate(own(views.data));
          }}
        >
          <Clash error={add.error} query={query} pick={own} show={inWords} onLoad={(theirs) => { add.reset(); if (theirs) show(theirs.query); }} onTop={(theirs) => add.mutate(theirs)} />
          <div style={{ display: "flex", gap: 6 }}>
            <TextInput size="xs" style={{ flex: 1 }} aria-label={t("view.name")} placeholder={t("view.name")} value={name} onChange={(e) => setName(e.currentTarget.value)} />
            <Button type="submit" size="xs" disabled={!name.trim()} loading={add.isPending}>
              {t("action.save")}
            </Button>
          </div>
          <Checkbox size="xs" label={t("view.shared")} checked={shared} onChange={(e) => setShared(e.currentTarget.checked)} />
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}
