import { createRootRouteWithContext, createRoute, createRouter, lazyRouteComponent, Outlet, redirect } from "@tanstack/react-router";
import type { QueryClient } from "@tanstack/react-query";
import { sessionQuery, setupQuery } from "@/api/session";
import { Loading } from "@/ui/states";
import { Frame } from "@/shell/frame";
import { PageFailed, PageMissing } from "@/shell/failure";

/** All of the address behind the ? as plain texts: readable, and typed where it is read. */
export type SearchTexts = Record<string, string | undefined>;

const readSearch = (search: string): SearchTexts => Object.fromEntries(new URLSearchParams(search));

function writeSearch(search: Record<string, unknown>): string {
  const entries = Object.entries(search).filter((e): e is [string, string] => typeof e[1] === "string" && e[1] !== "");
  const text = new URLSearchParams(entries).toString();
  return text && `?${text}`;
}

const root = createRootRouteWithContext<{ client: QueryClient }>()({
  component: Outlet,
  validateSearch: (search): SearchTexts => search as SearchTexts,
  errorComponent: PageFailed,
  notFoundComponent: PageMissing,
});

const signIn = createRoute({ getParentRoute: () => root, path: "/sign-in", component: lazyRouteComponent(() => import("@/features/entrance/sign-in")) });

const setUp = createRoute({
  getParentRoute: () => root,
  path: "/set-up",
  beforeLoad: async ({ context }) => {
    const setup = await context.client.query({ ...setupQuery, staleTime: "static" });
    if (!setup.needed) throw redirect({ to: "/sign-in" });
  },
  component: lazyRouteComponent(() => import("@/features/entrance/set-up")),
});

const frame = createRoute({
  getParentRoute: () => root,
  id: "frame",
  beforeLoad: async ({ context, location }) => {
    if (await context.client.query({ ...sessionQuery, staleTime: "static" })) return;
    const setup = await context.client.query({ ...setupQuery, staleTime: "static" });
    if (setup.needed) throw redirect({ to: "/set-up" });
    throw redirect({ to: "/sign-in", search: { to: location.href === "/" ? undefined : location.href } });
  },
  component: Frame,
});

type Page = Parameters<typeof lazyRouteComponent>[0];

const pages: (() => Promise<unknown>)[] = [];

const page = <P extends string>(path: P, load: Page) => {
  pages.push(load);
  return createRoute({ getParentRoute: () => frame, path, component: lazyRouteComponent(load) });
};

/** Fetches the code of all pages, one after the other, while nothing else happens: going there is then at once. */
export async function prefetchPages(): Promise<void> {
  for (const load of pages) {
    await idle();
    await load().catch(() => undefined); // it is fetched again when it is needed
  }
}

const idle = (): Promise<void> => new Promise((resolve) => ("requestIdleCallback" in globalThis ? requestIdleCallback(() => resolve(), { timeout: 300 }) : setTimeout(resolve, 200)));

const to = <P extends string>(path: P, target: string) =>
  createRoute({
    getParentRoute: () => frame,
    path,
    beforeLoad: () => {
      throw redirect({ href: target });
    },
  });

const tree = root.addChildren([
  signIn,
  setUp,
  frame.addChildren([
    page("/", () => import("@/features/home/page")),
    page("/customers", () => import("@/features/customers/list")),
    page("/customers/$id", () => import("@/features/customers/person/page")),
    to("/understand", "/understand/analyses"),
    page("/understand/analyses", () => import("@/features/understand/analyses/page")),
    page("/understand/analyses/rfm", () => import("@/features/understand/analyses/rfm")),
    page("/understand/analyses/rfm/groups", () => import("@/features/understand/rfm/page")),
    page("/understand/analyses/decile", () => import("@/features/understand/analyses/decile")),
    page("/understand/analyses/abc", () => import("@/features/understand/analyses/abc")),
    page("/understand/analyses/lifecycle", () => import("@/features/understand/analyses/lifecycle")),
    page("/understand/analyses/cohorts", () => import("@/features/understand/analyses/cohorts")),
    page("/understand/analyses/repeat", () => import("@/features/understand/analyses/repeat")),
    page("/understand/analyses/dormancy", () => import("@/features/understand/analyses/dormancy")),
    page("/understand/analyses/products-next", () => import("@/features/understand/analyses/products-next")),
    page("/understand/analyses/first-products", () => import("@/features/understand/analyses/first-products")),
    page("/understand/segments", () => import("@/features/understand/segments/page")),
    page("/understand/segments/new", () => import("@/features/understand/segments/builder/new")),
    page("/understand/segments/$id", () => import("@/features/understand/segments/segment/page")),
    page("/understand/segments/$id/edit", () => import("@/features/understand/segments/builder/edit")),
    page("/understand/features", () => import("@/features/understand/features/page")),
    page("/understand/features/new", () => import("@/features/understand/features/new")),
    page("/understand/features/$name/edit", () => import("@/features/understand/features/edit")),
    to("/data", "/data/sources"),
    page("/data/sources", () => import("@/features/data/sources/page")),
    page("/data/live", () => import("@/features/data/live/page")),
    page("/data/import", () => import("@/features/data/import/page")),
    page("/data/events", () => import("@/features/data/contract/events")),
    page("/data/events/$type", () => import("@/features/data/contract/fields")),
    page("/data/quarantine", () => import("@/features/data/quarantine/page")),
    page("/data/identity", () => import("@/features/data/identity/page")),
    page("/data/jobs", () => import("@/features/data/jobs/page")),
    page("/data/health", () => import("@/features/data/health/page")),
    to("/settings", "/settings/profile"),
    page("/settings/profile", () => import("@/features/settings/profile/page")),
    page("/settings/users", () => import("@/features/settings/users/page")),
    page("/settings/keys", () => import("@/features/settings/keys/page")),
    page("/settings/privacy", () => import("@/features/settings/privacy/page")),
    page("/settings/audit", () => import("@/features/settings/audit/page")),
    page("/settings/backup", () => import("@/features/settings/backup/page")),
    createRoute({ getParentRoute: () => frame, path: "$", component: PageMissing }),
  ]),
]);

/** Fetches the code of the page that the address names, while the texts and the session come. */
export function fetchPage(router: ReturnType<typeof makeRouter>): void {
  for (const route of router.getMatchedRoutes(router.latestLocation.pathname)[0]) void router.loadRouteChunk(route);
}

export function makeRouter(client: QueryClient) {
  return createRouter({
    routeTree: tree,
    context: { client },
    parseSearch: readSearch,
    stringifySearch: writeSearch,
    defaultPreload: "intent",
    defaultPreloadStaleTime: 0,
    defaultPendingComponent: () => <Loading lines={6} />,
    defaultPendingMs: 300,
    defaultErrorComponent: PageFailed,
    defaultNotFoundComponent: PageMissing,
    scrollRestoration: true,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
