// The numbers of the shop, events as they come in, long lives, and paper.
import { readFile } from "node:fs/promises";
import { check, go, inspect, output, settled } from "./browser.mjs";
import { ask, button, openLive, play, send, until } from "./play.mjs";
import { absent, pages } from "./walk.mjs";

export const shopStories = {
  /** From a number to a person in two clicks; the period, the table and the file. */
  async home(lane) {
    const { server } = lane;
    await play("home", lane, async (page, { shot, where }) => {
      await page.goto(server.url);
      await settled(page);
      const bars = page.getByRole("group", { name: /売上の推移/ }).getByRole("button");
      check(where, (await bars.count()) === 29, `${await bars.count()} bars for 28 days and today`);
      check(where, /昨日.*の売上は¥[\d,]+でした/.test(await page.locator("main").innerText()), "the answer is missing");
      check(where, /直近8回の.曜日.{1,3}同じ時刻まで/.test(await page.locator("main").innerText()), "it is not said what today is compared with");
      const labels = await bars.evaluateAll((all) => all.map((bar) => bar.getAttribute("aria-label")));
      const best = labels.findIndex((label) => !/¥0(?:\D|$)/.test(label) && /新規/.test(label));
      await bars.nth(best).click();
      const people = page.getByRole("dialog");
      await people.getByRole("link").first().waitFor();
      await settled(page);
      await inspect(page, `${where} people`);
      await shot("people");
      await people.getByRole("link").first().click();
      await page.waitForURL(/\/customers\/c_/);
      await page.goBack();
      await people.getByRole("link").first().waitFor();
      await page.goBack();
      await people.waitFor({ state: "detached" });
      await page.getByText("7日", { exact: true }).click();
      await page.waitForURL(/period=7/);
      await settled(page);
      check(where, (await bars.count()) === 8, `${await bars.count()} bars for a week and today`);
      await bars.last().focus();
      await page.keyboard.press("ArrowLeft");
      await page.keyboard.press("Enter");
      await people.waitFor();
      await page.keyboard.press("Escape");
      await people.waitFor({ state: "detached" });
      await page.getByRole("button", { name: /^利用者/ }).click();
      await button(page, "この期間の利用者").click();
      await people.getByText(/^\d+人$/).waitFor();
      await settled(page);
      await inspect(page, `${where} active`);
      await shot("active");
      await page.keyboard.press("Escape");
      await people.waitFor({ state: "detached" });
      await page.getByRole("button", { name: /^リピートの購入者/ }).click();
      await page.waitForURL(/metric=returning/);
      await page.getByText("表", { exact: true }).click();
      await page.waitForURL(/view=table/);
      const file = page.waitForEvent("download");
      await button(page, "CSVで書き出す").click();
      const csv = (await readFile(await (await file).path(), "utf8")).trim().split("\r\n");
      check(where, csv.length === 9 && csv[0].includes("売上(JPY)"), `the file has ${csv.length} lines: ${csv[0]}`);
    });
  },

  /** What is computed about a person, its definition, and how it is spread over everybody. */
  async features(lane) {
    const { server } = lane;
    await play("features", lane, async (page, { shot, where }) => {
      const of = async () => (await ask(server, "GET", "/api/v1/customers/user_id:M00000001/features")).features;
      await until("features are computed", async () => (await of()).some((f) => f.name === "orders"), 2000);
      const features = Object.fromEntries((await of()).map((f) => [f.name, f.value]));
      const { activity } = await ask(server, "GET", "/api/v1/customers/user_id:M00000001");
      check(where, features.orders === activity.orders, `${features.orders} orders as a feature, ${activity.orders} on the page`);
      check(where, features.spend === (activity.revenue?.[0]?.net ?? 0), `${features.spend} as a feature, ${activity.revenue?.[0]?.net} on the page`);
      await page.goto(`${server.url}/customers/user_id:M00000001?tab=features`);
      await page.getByRole("link", { name: "累計購入金額" }).waitFor();
      await settled(page);
      await inspect(page, `${where} person`);
      await shot("person");
      await page.getByRole("link", { name: "累計購入金額" }).click();
      await page.waitForURL(/understand\/features\?name=spend/);
      await page.getByText(/値のある人は[\d,]+人/).waitFor();
      const bars = page.getByRole("group", { name: "累計購入金額" }).getByRole("button");
      const people = await bars.evaluateAll((all) => all.reduce((sum, bar) => sum + Number(/([\d,]+)人$/.exec(bar.getAttribute("aria-label"))[1].replaceAll(",", "")), 0));
      const spend = await ask(server, "GET", "/api/v1/features/spend");
      check(where, people === spend.known, `the bars hold ${people} people, ${spend.known} have the feature`);
      await settled(page);
      await inspect(page, `${where} spread`);
      await shot("spread");
      await page.getByRole("link", { name: "よく買うカテゴリー" }).click();
      await page.getByRole("table").waitFor();
      await settled(page);
      await shot("texts");
    });
  },

  /** What arrives is seen at once, with what is wrong with it. */
  async live(lane) {
    const { server } = lane;
    await play("live", lane, async (page, { shot, where }) => {
      await page.goto(`${server.url}/data/sources`);
      await page.getByRole("link", { name: "届いているか確かめる" }).click();
      await page.waitForURL(/data\/live/);
      await openLive(page, server);
      await inspect(page, `${where} empty`);
      await send(server, "track", { userId: "M00000001", event: "Product Viewed", properties: { product_id: "P1", name: "白茶", price: 1200 } });
      await send(server, "track", { userId: "M00000002", event: "Order Completed", properties: { order_id: "L1", total: "たくさん", currency: "JPY", products: [] } });
      await send(server, "page", { anonymousId: "somebody", properties: { url: "https://shop.example/<b>x</b>", title: "<b>x</b>" } });
      const lines = page.getByRole("main").getByRole("listitem");
      await until("three events are seen", async () => (await lines.count()) === 3);
      await settled(page);
      await inspect(page, `${where} list`);
      await shot("list");
      await page.getByRole("checkbox", { name: "問題のあるものだけ" }).check();
      check(where, (await lines.count()) === 1, `${await lines.count()} events have problems`);
      await lines.first().getByRole("button").click();
      await page.getByRole("dialog").getByText("たくさん").first().waitFor();
      await settled(page);
      await inspect(page, `${where} detail`);
      await shot("detail");
      await page.keyboard.press("Escape");
      await page.getByRole("checkbox", { name: "問題のあるものだけ" }).uncheck();
      await button(page, "一時停止").click();
      await send(server, "track", { userId: "M00000001", event: "Cart Viewed", properties: {} });
      await page.getByText("ほかに1件届いています").waitFor();
      check(where, (await lines.count()) === 3, "the list moves while it stands still");
      await button(page, "再開").click();
      await until("the fourth is seen", async () => (await lines.count()) === 4);
      await page.setViewportSize({ width: 390, height: 844 });
      await settled(page);
      await inspect(page, `${where} 390`);
      await shot("390");
    });
  },

  /** Somebody with far too much of everything is read without waiting, and breaks no page. */
  async long(lane) {
    const { server } = lane;
    const begun = Date.parse("2026-01-05T00:00:00Z");
    for (let i = 0; i < 25; i++) {
      const batch = Array.from({ length: 200 }, (_, j) => ({ type: "track", userId: "E2E-LONG", anonymousId: `device-${j}-of-somebody`, event: j % 10 === 0 ? "Product Added" : "Product Viewed", timestamp: new Date(begun + (i * 200 + j) * 3_600_000).toISOString(), properties: { product_id: `P${j}`, name: `商品 ${j}`, price: 100 * j } }));
      await send(server, "batch", { batch });
    }
    await send(server, "identify", { userId: "E2E-LONG", traits: { name: `長井 ${"続".repeat(197)}`, email: `${"long".repeat(15)}@${"example.".repeat(20)}jp`, memo: "備考".repeat(500), tags: Array.from({ length: 60 }, (_, i) => `札${i}`) } });
    await until("everything is there", async () => (await ask(server, "GET", "/api/v1/customers/user_id:E2E-LONG").catch(() => undefined))?.activity.events >= 5000);
    await play("long", lane, async (page, { where, shot }) => {
      const opened = Date.now();
      await page.goto(`${server.url}/customers/user_id:E2E-LONG`);
      await page.getByText("商品 199").first().waitFor();
      console.log(`  a person with 5,000 events is there after ${Date.now() - opened} ms, with the whole app`);
      await settled(page);
      await inspect(page, where);
      await shot("1280");
      const items = page.locator("main ol > li");
      for (let before = 0; before < 400; before = await items.count()) {
        await page.mouse.wheel(0, 20_000);
        await until("scrolling loads more", async () => (await items.count()) > before);
      }
      const jumped = Date.now();
      await page.getByLabel("この日から過去へ").fill("2026-03-01");
      await page.getByRole("heading", { level: 2, name: /2026年3月1日/ }).waitFor();
      console.log(`  the jump to a date took ${Date.now() - jumped} ms`);
      await page.setViewportSize({ width: 390, height: 844 });
      await settled(page);
      await page.evaluate(() => scrollTo(0, 0));
      await inspect(page, `${where} 390`, { barriers: false });
      await shot("390");
    });
  },

  /** Every page on paper: light, without what only leads on or does something, nothing beyond the edge, tables whole. */
  async paper(lane) {
    const { server } = lane;
    await play("paper", lane, async (page, { context, watcher }) => {
      await context.request.patch(`${server.url}/api/v1/session`, { data: { theme: "dark" }, headers: { Origin: server.url } });
      await page.goto(server.url);
      await page.setViewportSize({ width: 702, height: 1016 }); // A4 between its margins
      for (const [id, path] of pages) {
        if (absent.has(id)) watcher.expect("404");
        await go(page, path);
        await page.emulateMedia({ media: "print" });
        const odd = await page.evaluate(() => {
          dispatchEvent(new Event("beforeprint"));
          const seen = (element) => element.checkVisibility({ visibilityProperty: true }) && element.getBoundingClientRect().width > 1;
          const names = (elements) => [...elements].slice(0, 3).map((element) => element.outerHTML.slice(0, 120)).join(" ");
          const all = [...document.querySelectorAll("body *")].filter(seen);
          return {
            "the menu is printed": names(all.filter((element) => element.matches("nav"))),
            "buttons are printed": names(all.filter((element) => element.matches(".mantine-Button-root, .mantine-ActionIcon-root"))),
            "it reaches beyond the edge": names(all.filter((element) => element.closest("main") && !element.closest("svg") && element.getBoundingClientRect().right > innerWidth + 1)),
            "it is cut off": names(all.filter((element) => element.querySelector(":scope > table, :scope > ol, :scope > ul") && getComputedStyle(element).overflowY !== "visible" && element.scrollHeight > element.clientHeight + 1)),
            "it is for a dark screen": Number(/\d+/.exec(getComputedStyle(document.querySelector("h1")).color)?.[0]) < 100 ? "" : getComputedStyle(document.querySelector("h1")).color,
          };
        });
        for (const [what, where] of Object.entries(odd)) check(`paper ${id}`, !where, `${what}: ${where}`);
        await page.screenshot({ path: `${output}paper-${id}.png`, fullPage: true });
        await page.evaluate(() => dispatchEvent(new Event("afterprint")));
        await page.emulateMedia({ media: null });
        watcher.done();
      }
      await go(page, "/customers");
      await page.pdf({ path: `${output}paper-customers.pdf`, preferCSSPageSize: true });
    });
  },
};
