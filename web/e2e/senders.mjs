// What the page of sources gives to paste works when it is pasted: on a shop's page, at another address.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";
import { check, contextOf, settled, watch } from "./browser.mjs";
import { ask, button, openLive, play, until } from "./play.mjs";

/** A shop whose every page holds the given script; stops with its folder. */
async function openShop(html, script = "") {
  const server = createServer((request, response) => {
    const asked = request.url === "/app.js";
    response.setHeader("Content-Type", asked ? "text/javascript" : "text/html; charset=utf-8");
    response.end(asked ? script : `<!doctype html><html lang="ja"><title>白茶 | ショップ</title><h1>白茶</h1>${html}</html>`);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://localhost:${server.address().port}/items/1`, stop: () => new Promise((resolve) => { server.close(resolve); server.closeAllConnections(); }) };
}

/** Bundles a module with its packages, as a shop's own build does. */
async function bundle(code) {
  const folder = await mkdtemp(join(dirname(fileURLToPath(import.meta.url)), "output", "bundle-"));
  try {
    await writeFile(join(folder, "app.js"), code);
    await build({ configFile: false, root: folder, logLevel: "error", build: { outDir: "dist", rolldownOptions: { input: join(folder, "app.js"), output: { entryFileNames: "app.js", format: "iife" } } } });
    return await readFile(join(folder, "dist/app.js"), "utf8");
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** What is pasted, who does it, and how its functions are called from the shop's page. */
const ways = {
  tag: { tab: "HTML", user: "E2E-TAG", paste: async (code) => openShop(code), calls: (id) => `hitori.track("Product Viewed", { product_id: "P1", name: "白茶", price: 1200, currency: "JPY" }); hitori.identify("${id}", { name: "貼付 花子", email: "${id.toLowerCase()}@example.jp" });` },
  browser: {
    tab: "analytics.js", user: "E2E-NEXT",
    paste: async (code) => openShop('<script src="/app.js"></script>', await bundle(`${code}\nglobalThis.analytics = analytics;`)),
    calls: (id) => `await analytics.track("Product Viewed", { product_id: "P1", name: "白茶", price: 1200, currency: "JPY" }); await analytics.identify("${id}", { name: "貼付 花子", email: "${id.toLowerCase()}@example.jp" });`,
  },
};

const paste = (name) => async (lane) => {
  const { server, browser } = lane;
  const { tab, user, calls, paste } = ways[name];
  await play(`paste-${name}`, lane, async (page, { where, shot }) => {
    await page.goto(`${server.url}/data/sources`);
    await button(page, "データソースを追加").click();
    await page.getByRole("textbox", { name: "データソースの名前" }).fill(`shop-${name}`);
    await page.getByRole("dialog").getByRole("button", { name: "書き込みキーを発行" }).click();
    const dialog = page.getByRole("dialog").filter({ hasText: "このキーはいまだけ表示されます" });
    await dialog.getByRole("tab", { name: tab, exact: true }).click();
    await dialog.getByRole("tabpanel").getByRole("button", { name: "コピー" }).click();
    const code = await page.evaluate(() => navigator.clipboard.readText());
    await button(page, "控えました").click();
    await openLive(page, server);

    const shop = await paste(code);
    const visitor = await contextOf(browser);
    try {
      const visit = await visitor.newPage();
      watch(visit, () => `${where} shop`); // a refusal for being elsewhere is told on the console
      await visit.goto(shop.url);
      const lines = page.getByRole("main").getByRole("listitem");
      await lines.filter({ hasText: "ページ閲覧" }).first().waitFor();
      await visit.evaluate(`(async () => { ${calls(user)} })()`);
      await lines.filter({ hasText: "商品の閲覧" }).first().waitFor();
      await lines.filter({ hasText: user }).first().waitFor();
      await settled(page);
      check(where, (await lines.filter({ hasText: "問題あり" }).count()) === 0, "an event has problems");
      await shot("live");
    } finally {
      await visitor.close();
      await shop.stop();
    }
    await until("the person is there with the anonymous history", async () => (await ask(server, "GET", `/api/v1/customers/user_id:${user}`).catch(() => undefined))?.activity.events >= 3);
    await page.goto(`${server.url}/customers?q=${user.toLowerCase()}`);
    await page.getByRole("link", { name: "貼付 花子" }).click();
    await page.getByRole("heading", { level: 1, name: "貼付 花子" }).waitFor();
    await settled(page);
    const story = await page.getByRole("tabpanel").innerText();
    check(where, story.includes("顧客情報の登録") && story.includes("サイト・アプリを閲覧(2件)") && story.includes("白茶"), `the history is ${story}`);
    check(where, (await page.getByRole("complementary").innerText()).includes("匿名ID"), "the device is not among the identifiers");
    await shot("person");
  });
};

export const senders = { "paste-tag": paste("tag"), "paste-browser": paste("browser") };
