// Through every page as those who may not see everything: nothing breaks, and no personal data show.
import { check, contextOf, go, inspect, output, settled, watch } from "./browser.mjs";
import { ask } from "./play.mjs";
import { absent, pages } from "./walk.mjs";

const password = "long enough to remember";

/** What each role may not open; the rest must work. */
const closed = {
  analyst: ["import", "users", "keys", "audit", "backup"],
  viewer: ["sources", "live", "import", "events", "fields", "quarantine", "identity", "identity-suspects", "jobs", "health", "users", "keys", "privacy", "audit", "backup"],
};

/** Everything that says who somebody is, of the people of the demo's first pages. */
async function secrets(server) {
  const { customers } = await ask(server, "GET", "/api/v1/customers?limit=50");
  const known = await ask(server, "GET", "/api/v1/customers/user_id:M00000001");
  const values = [...customers, ...known.identifiers.map((i) => ({ email: i.kind === "email" ? i.value : "", phone: i.kind === "phone" ? i.value : "" })), { name: known.name, kana: known.kana }];
  return [...new Set(values.flatMap((c) => [c.name, c.kana, c.email, c.phone]).filter((v) => v && v.length > 3))];
}

/** Makes a user of a role and signs in with the link. */
async function enterAs(browser, server, role) {
  const user = await ask(server, "POST", "/api/v1/users", { email: `${role}@example.jp`, name: `確認 ${role}`, role });
  const { token } = await ask(server, "POST", `/api/v1/users/${user.id}/link`);
  const context = await contextOf(browser);
  const signIn = await context.request.post(`${server.url}/api/v1/session/link`, { data: { token, password }, headers: { Origin: server.url } });
  if (!signIn.ok()) throw new Error(`${role}: ${signIn.status()} ${await signIn.text()}`);
  await context.request.patch(`${server.url}/api/v1/session`, { data: { language: "ja", theme: "light" }, headers: { Origin: server.url } });
  return context;
}

export const walkAs = (role) => async ({ browser, server }) => {
  const personal = await secrets(server);
  check(role, personal.length > 60, `only ${personal.length} values to look for`);
  const context = await enterAs(browser, server, role);
  const page = await context.newPage();
  let where = role;
  const watcher = watch(page, () => where);
  await page.goto(`${server.url}/settings/profile`);
  await settled(page);
  // The rooms that are closed are not offered either.
  const links = await page.getByRole("navigation").getByRole("link").allInnerTexts();
  check(role, !links.some((link) => ["ユーザー", "APIキー", "監査ログ", "バックアップ"].includes(link.trim())), `is offered ${links.join(", ")}`);
  check(role, links.some((link) => link.trim() === "データ") === (role === "analyst"), "the room of data is offered wrongly");
  for (const [id, path] of pages) {
    where = `${role} ${id}`;
    if (absent.has(id)) watcher.expect("404");
    await go(page, path);
    const text = await page.locator("body").innerText();
    const shut = closed[role].includes(id);
    check(where, text.includes("このページは開けません") === shut, shut ? "is open" : "is closed");
    check(where, !text.includes("うまくいきませんでした") && !text.includes("この操作をする権限がありません"), "something in it fails");
    const seen = personal.filter((value) => text.includes(value));
    check(where, seen.length === 0, `shows ${seen.slice(0, 3).join(", ")}`);
    await inspect(page, where, { barriers: id === "users" || id === "customers" }); // the rest is the same as for others
    if (!shut || id === "users") await page.screenshot({ path: `${output}${role}-${id}.png` });
    watcher.done();
  }
  await context.close();
};
