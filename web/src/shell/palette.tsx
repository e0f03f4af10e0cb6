import { Spotlight, openSpotlight } from "@mantine/spotlight";
import "@mantine/spotlight/styles.css";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { IconSearch, IconUser, IconUsersGroup } from "@tabler/icons-react";
import { useEffect, useState, type KeyboardEvent } from "react";
import { api, data, list } from "@/api/client";
import { useName } from "@/features/customers/names";
import { segmentsQuery } from "@/features/understand/segments/queries";
import { useText } from "@/locale";
import { useFormat } from "@/ui/format";
import { roomsOf } from "./rooms";
import { useMay, useSession } from "./session";

/** Opens the first of what was found when none is chosen yet. */
function enter(event: KeyboardEvent<HTMLInputElement>): void {
  if (event.key !== "Enter" || event.nativeEvent.isComposing) return;
  const dialog = event.currentTarget.closest('[role="dialog"]');
  if (dialog?.querySelector("[data-selected]")) return;
  event.preventDefault();
  dialog?.querySelector<HTMLElement>("[data-action]")?.click();
}

interface Target {
  id: string;
  name: string;
  note: string;
  to: string;
}

/** Search over everything: pages and segments by name, customers by whatever is known of them. */
export default function Palette({ turn }: { turn: number }) {
  const { t } = useText();
  const session = useSession();
  const name = useName();
  const format = useFormat();
  const people = useMay("customers:read");
  const navigate = useNavigate();
  const [query, setQuery] = useState("");
  const [asked] = useDebouncedValue(query.trim(), 150);
  useEffect(() => openSpotlight(), [turn]);

  const found = useQuery({
    queryKey: ["customers", "find", asked],
    enabled: people && asked !== "",
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) => list((await data(api.GET("/api/v1/customers", { params: { query: { q: asked, limit: 8 } }, signal }))).customers),
  });
  const segments = useQuery({ ...segmentsQuery, enabled: people && asked !== "" });
  const groups = query.trim() === "" ? [] : (segments.data ?? []).filter((group) => group.name.toLowerCase().includes(query.trim().toLowerCase())).slice(0, 8);
  const pages: Target[] = roomsOf(session)
    .flatMap((room) => (room.places ? room.places.map((place) => ({ place, room: t(room.name) })) : [{ place: room, room: "" }]))
    .map(({ place, room }) => ({ id: place.to, name: t(place.name), note: room, to: place.to }))
    .filter((page) => !query || `${page.name} ${page.note} ${page.to}`.toLowerCase().includes(query.toLowerCase()));
  const customers = query.trim() === "" ? [] : (found.data ?? []);

  return (
    <Spotlight.Root query={query} onQueryChange={setQuery} shortcut={null} clearQueryOnClose scrollable maxHeight={420} overlayProps={{ blur: 0 }} attributes={{ content: { "aria-label": t("find.title") } }}>
      <Spotlight.Search placeholder={t("find.placeholder")} aria-label={t("find.title")} leftSection={<IconSearch size={18} />} onKeyDown={enter} />
      <Spotlight.ActionsList>
        {customers.length > 0 ? (
          <Spotlight.ActionsGroup label={t("room.customers")}>
            {customers.map((card) => (
              <Spotlight.Action
                key={card.id}
                label={name(card)}
                description={[card.kana, card.email, card.phone && format.phone(card.phone)].filter(Boolean).join(" · ")}
                leftSection={<IconUser size={18} stroke={1.5} />}
                onClick={() => void navigate({ to: "/customers/$id", params: { id: card.id } })}
              />
            ))}
          </Spotlight.ActionsGroup>
        ) : null}
        {groups.length > 0 ? (
          <Spotlight.ActionsGroup label={t("place.segments")}>
            {groups.map((group) => (
              <Spotlight.Action
                key={group.id}
                label={group.name}
                description={group.sentence}
                leftSection={<IconUsersGroup size={18} stroke={1.5} />}
                onClick={() => void navigate({ to: "/understand/segments/$id", params: { id: group.id } })}
              />
            ))}
          </Spotlight.ActionsGroup>
        ) : null}
        {pages.length > 0 ? (
          <Spotlight.ActionsGroup label={t("find.pages")}>
            {pages.map((page) => (
              <Spotlight.Action key={page.id} label={page.name} description={page.note} onClick={() => void navigate({ to: page.to })} />
            ))}
          </Spotlight.ActionsGroup>
        ) : null}
        {customers.length === 0 && groups.length === 0 && pages.length === 0 ? <Spotlight.Empty>{found.isFetching ? t("state.loading") : t("find.none")}</Spotlight.Empty> : null}
      </Spotlight.ActionsList>
    </Spotlight.Root>
  );
}
