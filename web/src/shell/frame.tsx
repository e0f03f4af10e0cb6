import { ActionIcon, Drawer } from "@mantine/core";
import { useDisclosure, useHotkeys, useLocalStorage } from "@mantine/hooks";
import { Outlet, useRouterState } from "@tanstack/react-router";
import { IconMenu2, IconSearch } from "@tabler/icons-react";
import { Suspense, lazy, useState } from "react";
import { useText } from "@/locale";
import { FormatContext, type Format } from "@/ui/format";
import { Loading } from "@/ui/states";
import { Arrival } from "./arrival";
import { LostBanner } from "./banner";
import { PageForbidden } from "./failure";
import { JobsButton, JobsDrawer } from "./jobs";
import { Brand, Navigation } from "./navigation";
import { NoticesButton, NoticesDrawer } from "./notices";
import { SignInAgain } from "./again";
import { lacking } from "./rooms";
import { useSession } from "./session";
import { useShopFormat } from "./shop";
import css from "./shell.module.css";

const Palette = lazy(() => import("./palette"));

/** What stands around every page of somebody who is signed in. */
export function Frame() {
  const { t } = useText();
  const session = useSession();
  const format: Format = useShopFormat(session);
  const [folded, setFolded] = useLocalStorage({ key: "nav-folded", defaultValue: false });
  const [drawer, drawerIs] = useDisclosure(false);
  const [jobs, jobsAre] = useDisclosure(false);
  const [notices, noticesAre] = useDisclosure(false);
  const [finding, setFinding] = useState(0); // how often it was opened: loaded with the first
  const going = useRouterState({ select: (state) => state.status === "pending" });
  // Of the page that is drawn, which may not yet be the one of the address.
  const path = useRouterState({ select: (state) => state.matches.at(-1)?.pathname ?? state.location.pathname });
  const lacks = lacking(session, path);
  const find = () => setFinding((n) => n + 1);
  useHotkeys([["mod+K", find], ["/", find]], ["INPUT", "TEXTAREA", "SELECT"]);
  const navigation = { folded: false, onFold: () => setFolded(!folded), onFind: find, onJobs: jobsAre.open, onNotices: noticesAre.open };

  return (
    <FormatContext value={format}>
      <a className="skip" href="#content">
        {t("nav.skip")}
      </a>
      <Arrival path={path} />
      {going ? <div className={css.progress} aria-hidden /> : null}
      <div className={css.frame} {...(folded ? { "data-folded": true } : {})}>
        <Navigation {...navigation} folded={folded} />
        <div className={css.main}>
          <section style={{ display: "contents" }} aria-label={t("nav.bar")}>
          <div className={css.top}>
            <ActionIcon onClick={drawerIs.open} size="lg" aria-label={t("nav.open")}>
              <IconMenu2 size={20} />
            </ActionIcon>
            <Brand />
            <ActionIcon onClick={find} size="lg" aria-label={t("find.title")}>
              <IconSearch size={19} />
            </ActionIcon>
            <JobsButton onOpen={jobsAre.open} folded />
            <NoticesButton onOpen={noticesAre.open} />
          </div>
          <LostBanner />
          {session.demo ? (
            <div className={css.ribbon} role="note">
              {t("demo.ribbon")}
            </div>
          ) : null}
          </section>
          <main id="content" tabIndex={-1} style={{ outline: "none" }}>
            <Suspense fallback={<Loading lines={6} />}>
              {lacks ? <PageForbidden right={lacks} role={session.user.role} /> : <Outlet />}
            </Suspense>
          </main>
        </div>
      </div>
      <Drawer.Root opened={drawer} onClose={drawerIs.close} size={250} padding={0} className={css.drawer ?? ""}>
        <Drawer.Overlay />
        <Drawer.Content aria-label={t("nav.rooms")}>
        <Navigation
          {...navigation}
          onLeave={drawerIs.close}
          onFind={() => {
            drawerIs.close();
            find();
          }}
          onJobs={() => {
            drawerIs.close();
            jobsAre.open();
          }}
          onNotices={() => {
            drawerIs.close();
            noticesAre.open();
          }}
        />
        </Drawer.Content>
      </Drawer.Root>
      <JobsDrawer opened={jobs} onClose={jobsAre.close} />
      <NoticesDrawer opened={notices} onClose={noticesAre.close} />
      {finding > 0 ? (
        <Suspense fallback={null}>
          <Palette turn={finding} />
        </Suspense>
      ) : null}
      <SignInAgain />
    </FormatContext>
  );
}
