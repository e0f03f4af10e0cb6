// Through every page, in both languages, light and dark, wide and narrow.
import { mkdir } from "node:fs/promises";
import { inspect, settled, watch } from "./browser.mjs";

const output = new URL("./output/", import.meta.url).pathname;

/** The day before today, where the shop is. */
const yesterday = new Intl.DateTimeFormat("en-CA", { timeZone: "Asia/Tokyo" }).format(Date.now() - 86_400_000);

export const pages = [
  ["home", "/"],
  ["home-year", "/?period=365"],
  ["home-table", "/?period=7&view=table"],
  ["home-buyers", `/?period=7&people=${yesterday}`],
  ["customers", "/customers"],
  ["customers-search", "/customers?q=%E4%BD%90%E8%97%A4"],
  ["customers-none", "/customers?q=zzzzzz"],
  ["person", "/customers/user_id:M00000001"],
  ["person-orders", "/customers/user_id:M00000001?tab=orders"],
  ["person-identity", "/customers/user_id:M00000001?tab=identity"],
  ["person-missing", "/customers/c_0000000000001"],
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

const looks = [
  { language: "ja", theme: "light", width: 1280, height: 860 },
  { language: "en", theme: "dark", width: 1280, height: 860 },
  { language: "ja", theme: "dark", width: 390, height: 844 },
  { language: "en", theme: "light", width: 390, height: 844 },
];

/** Signs in with what a context has stored, and sets language and theme as the user would. */
export async function walk(browser, server, storage) {
  await mkdir(output, { recursive: true });
  const only = process.env.ONLY?.split(",");
  const begun = Date.now();
  for (const look of looks) {
    const name = `${look.language}-${look.theme}-${look.width}`;
    const context = await browser.newContext({ storageState: storage, viewport: { width: look.width, height: look.height }, locale: look.language === "ja" ? "ja-JP" : "en-GB", timezoneId: "Asia/Tokyo" });
    await context.request.patch(`${server.url}/api/v1/session`, { data: { language: look.language, theme: look.theme }, headers: { Origin: server.url } });
    const page = await context.newPage();
    let where = name;
    const watcher = watch(page, () => where);
    for (const [id, path] of pages) {
      if (only && !only.includes(id)) continue;
      where = `${name} ${id}`;
      if (id === "person-missing" || id === "customers-none") watcher.expect("404");
      await page.goto(server.url + path);
      await settled(page);
      // Barriers of the last look are those of its width and those of its colours, seen before.
      await inspect(page, where, { barriers: look !== looks.at(-1) });
      await page.screenshot({ path: `${output}${id}.${name}.png`, fullPage: look === looks[0] });
      watcher.done();
    }
    await context.close();
    console.log(`walked ${name} (${Math.round((Date.now() - begun) / 1000)} s)`);
  }
}
