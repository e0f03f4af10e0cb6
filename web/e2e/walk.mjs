// Through every page, in both languages, light and dark, wide and narrow.
import { contextOf, go, inspect, output, settled, watch } from "./browser.mjs";

/** A day so many days before today, where the shop is. */
const daysAgo = (days) => new Intl.DateTimeFormat("en-CA", { timeZone: "Asia/Tokyo" }).format(Date.now() - days * 86_400_000);
const yesterday = daysAgo(1);

/** A condition that a link brings to the builder. */
const slipping = {
  version: 1,
  where: {
    type: "all",
    of: [
      { type: "order", state: "kept", measure: "count", is: { op: "at_least", number: 3 } },
      { type: "not", of: { type: "order", state: "kept", window: { op: "in_last", n: 90, unit: "day" }, measure: "count", is: { op: "at_least", number: 1 } } },
    ],
  },
};

export const pages = [
  ["home", "/"],
  ["home-year", "/?period=365"],
  ["home-table", "/?period=7&view=table"],
  ["home-buyers", `/?period=7&people=${yesterday}`],
  ["home-active", `/?period=7&metric=active&people=${yesterday}&who=active`],
  ["customers", "/customers"],
  ["customers-levels", "/customers?level=visitor,lead&sort=first_seen"],
  ["customers-name", "/customers?sort=-name"],
  ["customers-search", "/customers?q=%E4%BD%90%E8%97%A4"],
  ["customers-none", "/customers?q=zzzzzz"],
  ["person", "/customers/user_id:M00000001"],
  ["person-orders", "/customers/user_id:M00000001?tab=orders"],
  ["person-features", "/customers/user_id:M00000001?tab=features"],
  ["person-segments", "/customers/user_id:M00000001?tab=segments"],
  ["person-identity", "/customers/user_id:M00000001?tab=identity"],
  ["person-missing", "/customers/c_0000000000001"],
  ["analyses", "/understand/analyses"],
  ["rfm", `/understand/analyses/rfm?before=${daysAgo(90)}`],
  ["rfm-products", "/understand/analyses/rfm?axis=product&metric=spend"],
  ["rfm-table", "/understand/analyses/rfm?view=table"],
  ["rfm-people", "/understand/analyses/rfm?people=best"],
  ["rfm-groups", "/understand/analyses/rfm/groups"],
  ["decile", "/understand/analyses/decile"],
  ["decile-products", "/understand/analyses/decile?axis=product"],
  ["abc", "/understand/analyses/abc"],
  ["abc-products", "/understand/analyses/abc?axis=product"],
  ["lifecycle", "/understand/analyses/lifecycle?axis=product"],
  ["cohorts", "/understand/analyses/cohorts"],
  ["repeat", "/understand/analyses/repeat"],
  ["dormancy", "/understand/analyses/dormancy"],
  ["products-next", "/understand/analyses/products-next"],
  ["first-products", "/understand/analyses/first-products?days=90"],
  ["analysis-empty", "/understand/analyses/decile?as_of=2001-01-01"],
  ["segments", "/understand/segments"],
  ["segment-new", "/understand/segments/new"],
  ["segment-condition", `/understand/segments/new?condition=${encodeURIComponent(JSON.stringify(slipping))}`],
  ["segment-missing", "/understand/segments/nothing"],
  ["features", "/understand/features"],
  ["features-new", "/understand/features/new"],
  ["features-spend", "/understand/features?name=spend"],
  ["features-category", "/understand/features?name=favourite_category"],
  ["sources", "/data/sources"],
  ["live", "/data/live"],
  ["import", "/data/import"],
  ["events", "/data/events"],
  ["fields", "/data/events/track?name=Order+Completed"],
  ["quarantine", "/data/quarantine"],
  ["identity", "/data/identity"],
  ["identity-suspects", "/data/identity?tab=suspects"],
  ["jobs", "/data/jobs"],
  ["health", "/data/health"],
  ["profile", "/settings/profile"],
  ["users", "/settings/users"],
  ["keys", "/settings/keys"],
  ["privacy", "/settings/privacy"],
  ["audit", "/settings/audit"],
  ["backup", "/settings/backup"],
  ["missing", "/nowhere"],
];

/** Pages about somebody or something that is not there. */
export const absent = new Set(["person-missing", "customers-none", "segment-missing"]);

const wide = { width: 1280, height: 860 };
const narrow = { width: 390, height: 844 };

/** How the pages are looked at. Barriers are looked for once per page and language: wide and light, narrow and dark. */
const looks = {
  ja: [
    { theme: "light", viewport: wide, barriers: true, fullPage: true },
    { theme: "dark", viewport: narrow },
  ],
  en: [
    { theme: "dark", viewport: narrow, barriers: true },
    { theme: "dark", viewport: wide },
  ],
};

/** Changes size and colours of a page that is open. */
async function dress(page, { theme, viewport }) {
  await page.setViewportSize(viewport);
  await page.evaluate((to) => {
    localStorage.setItem("scheme", to);
    dispatchEvent(new Event("scheme"));
  }, theme);
  await settled(page);
}

export const walk = (language) => async ({ browser, server, storage }) => {
  const context = await contextOf(browser, { storageState: storage, locale: language === "ja" ? "ja-JP" : "en-GB" });
  await context.request.patch(`${server.url}/api/v1/session`, { data: { language, theme: "light" }, headers: { Origin: server.url } });
  const page = await context.newPage();
  let where = language;
  const watcher = watch(page, () => where);
  await page.goto(`${server.url}/settings/profile`);
  for (const [id, path] of pages) {
    if (absent.has(id)) watcher.expect("404");
    where = `${language} ${id}`;
    await go(page, path);
    for (const look of looks[language]) {
      const name = `${language}-${look.theme}-${look.viewport.width}`;
      where = `${name} ${id}`;
      await dress(page, look);
      await inspect(page, where, { barriers: !!look.barriers });
      await page.screenshot({ path: `${output}${id}.${name}.png`, fullPage: !!look.fullPage });
    }
    watcher.done();
  }
  await context.close();
};
