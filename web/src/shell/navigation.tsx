import { Menu } from "@mantine/core";
import { Link, useLocation } from "@tanstack/react-router";
import { IconLanguage, IconLayoutSidebar, IconLogout, IconSearch, IconUser } from "@tabler/icons-react";
import { api } from "@/api/client";
import type { Theme } from "@/api/session";
import { useText } from "@/locale";
import { JobsButton } from "./jobs";
import { NoticesButton } from "./notices";
import { roomsOf } from "./rooms";
import { usePreferences, useSession } from "./session";
import css from "./shell.module.css";

interface NavigationProps {
  folded: boolean;
  onFold: () => void;
  onFind: () => void;
  onJobs: () => void;
  onNotices: () => void;
  /** Called when a link was followed, to close the drawer of a phone. */
  onLeave?: () => void;
}

export function Brand() {
  return (
    <Link to="/" className={css.brand} aria-label="Hitori">
      <img src="/seal.svg" alt="" />
      <span>Hitori</span>
    </Link>
  );
}

/** The rooms, in the order of the loop. */
export function Navigation({ folded, onFold, onFind, onJobs, onNotices, onLeave }: NavigationProps) {
  const { t } = useText();
  const path = useLocation({ select: (location) => location.pathname });
  const session = useSession();
  const within = (to: string) => (to === "/" ? path === "/" : path === to || path.startsWith(`${to}/`));
  return (
    <nav className={css.side} aria-label={t("nav.rooms")}>
      <div className={css.headline}>
        <Brand />
        <NoticesButton onOpen={onNotices} />
      </div>
      <button type="button" className={css.find} onClick={onFind} {...(folded ? { "aria-label": t("find.title") } : {})} aria-keyshortcuts="Control+K Meta+K">
        <IconSearch size={16} aria-hidden />
        <span>{t("find.button")}</span>
        <kbd aria-hidden>{navigator.userAgent.includes("Mac OS X") ? "⌘K" : "Ctrl K"}</kbd>
      </button>
      <div className={css.nav}>
        {roomsOf(session).map((room) => {
          const active = within(room.to);
          const Icon = room.icon;
          return (
            <div key={room.to}>
              <Link to={room.places?.[0]?.to ?? room.to} className={css.link} title={folded ? t(room.name) : undefined} aria-label={folded ? t(room.name) : undefined} {...(active ? { "data-active": true } : {})} {...(active && !room.places ? { "aria-current": "page" } : {})} {...(onLeave ? { onClick: onLeave } : {})}>
                <Icon size={18} stroke={1.6} aria-hidden />
                <span>{t(room.name)}</span>
              </Link>
              {active && room.places ? (
                <div className={css.sub}>
                  {room.places.map((place) => (
                    <Link key={place.to} to={place.to} {...(within(place.to) ? { "data-active": true, "aria-current": "page" } : {})} {...(onLeave ? { onClick: onLeave } : {})}>
                      {t(place.name)}
                    </Link>
                  ))}
                </div>
              ) : null}
            </div>
          );
        })}
      </div>
      <div className={css.foot}>
        <JobsButton className={css.find} onOpen={onJobs} folded={folded} />
        <UserMenu folded={folded} />
        <button type="button" className={`${css.user} ${css.fold} soft`} onClick={onFold} {...(folded ? { "aria-label": t("nav.unfold") } : {})}>
          <IconLayoutSidebar size={17} stroke={1.6} aria-hidden style={{ marginInline: 5 }} />
          <span>{t("nav.fold")}</span>
        </button>
      </div>
    </nav>
  );
}

/** The first letter of a name, whole even when it is made of several characters. */
const initial = (name: string): string => [...new Intl.Segmenter().segment(name)][0]?.segment ?? "";

const themes: Theme[] = ["system", "light", "dark"];

function UserMenu({ folded }: { folded: boolean }) {
  const { t, language } = useText();
  const { user } = useSession();
  const preferences = usePreferences();
  const leave = async () => {
    await api.DELETE("/api/v1/session").catch(() => undefined); // it ends here in any case
    globalThis.location.assign("/sign-in");
  };
  return (
    <Menu position="top-start" width={230}>
      <Menu.Target>
        <button type="button" className={css.user} {...(folded ? { "aria-label": t("nav.user", { name: user.name }) } : {})}>
          <span className={css.face} aria-hidden>
            {initial(user.name)}
          </span>
          <span>
            <span className="clip text" style={{ display: "block" }}>
              {user.name}
            </span>
            <small>{t(`role.${user.role}`)}</small>
          </span>
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{user.email}</Menu.Label>
        <Menu.Item component={Link} to="/settings/profile" leftSection={<IconUser size={15} />}>
          {t("place.profile")}
        </Menu.Item>
        <Menu.Item leftSection={<IconLanguage size={15} />} onClick={() => preferences.language(language === "ja" ? "en" : "ja")} lang={language === "ja" ? "en" : "ja"}>
          {t("nav.other_language")}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Label>{t("theme.title")}</Menu.Label>
        {themes.map((theme) => (
          <Menu.Item key={theme} role="menuitemradio" aria-checked={user.theme === theme} onClick={() => preferences.theme(theme)} rightSection={user.theme === theme ? "●" : null}>
            {t(`theme.${theme}`)}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={15} />} onClick={() => void leave()}>
          {t("session.leave")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
