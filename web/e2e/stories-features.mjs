// Features: what there is, who has it, and one of the shop's own from the first click to the refusal to delete it.
import { check, inspect, settled } from "./browser.mjs";
import { ask, button, play, send, until } from "./play.mjs";

/** Waits until features are computed. */
const computed = (server) => until("features are computed", async () => (await ask(server, "GET", "/api/v1/features/orders")).known > 0, 2400);

const number = (text) => Number(text.replace(/[^\d]/g, ""));

export const featureStories = {
  /** A feature is defined with the cards of the builder, looked at, used in a segment, changed, and kept from being deleted. */
  async "own-features"(lane) {
    const { server } = lane;
    await computed(server);
    await play("own-features", lane, async (page, { shot, where, watcher }) => {
      await page.goto(`${server.url}/understand/features`);
      await page.getByRole("link", { name: "特徴を作る" }).waitFor();
      await page.getByText("自分の店だけの見方を特徴にできます").waitFor();
      await settled(page);
      await inspect(page, `${where} none`);
      await shot("none");

      // From a bar of a built-in feature to the people in it, and on to a segment.
      await page.getByRole("link", { name: "購入回数", exact: true }).click();
      const bars = page.locator("svg").getByRole("button");
      await bars.first().waitFor();
      const all = await bars.evaluateAll((marks) => marks.map((one) => one.getAttribute("aria-label")));
      const spread = await ask(server, "GET", "/api/v1/features/orders");
      check(where, all.length === spread.bars.length, `${all.length} bars are drawn of ${spread.bars.length}`);
      await bars.nth(1).focus();
      await page.keyboard.press("Enter");
      const drawer = page.getByRole("dialog");
      await drawer.getByText(`${spread.bars[1].people}人`, { exact: true }).waitFor();
      await drawer.getByRole("link", { name: "セグメントに保存" }).waitFor();
      await settled(page);
      await inspect(page, `${where} people`);
      await shot("people");
      await page.keyboard.press("Escape");
      await drawer.waitFor({ state: "detached" });
      await page.getByRole("link", { name: "よく買うカテゴリー", exact: true }).click();
      const value = page.getByRole("main").getByRole("table").getByRole("button").first();
      await value.click();
      await drawer.getByRole("link", { name: "セグメントに保存" }).waitFor();
      await page.keyboard.press("Escape");
      await drawer.waitFor({ state: "detached" });

      // One of the shop's own.
      await page.getByRole("link", { name: "特徴を作る" }).click();
      await page.getByRole("heading", { level: 1, name: "特徴を作る" }).waitFor();
      await page.getByText("過去365日以内の購入の合計金額").waitFor();
      await page.getByText("行動から", { exact: true }).click();
      await button(page, "行動を選ぶ").click();
      await page.getByRole("textbox", { name: "探す" }).fill("商品の閲覧");
      await page.getByRole("option", { name: /商品の閲覧/ }).first().click();
      await page.getByText("過去30日以内の「商品の閲覧」の回数").waitFor();
      await button(page, "保存").click();
      await page.getByText("入力してください", { exact: true }).waitFor();
      await page.getByRole("textbox", { name: "名前", exact: true }).fill("商品の閲覧(30日)");
      await page.getByRole("textbox", { name: "データ上の名前" }).fill("Views");
      watcher.expect("400");
      await button(page, "保存").click();
      await page.getByText(/「Views」はデータ上の名前に使えません/).waitFor();
      await page.getByRole("textbox", { name: "データ上の名前" }).fill("views_30d");
      await page.getByRole("textbox", { name: "説明" }).fill("関心の高い人を見分けるため");
      await settled(page);
      await inspect(page, `${where} builder`);
      await shot("builder");
      await button(page, "保存").click();
      await page.getByRole("heading", { level: 2, name: "商品の閲覧(30日)" }).waitFor();
      await page.getByText("過去30日以内の「商品の閲覧」の回数").waitFor();
      await bars.first().waitFor();
      await settled(page);
      await inspect(page, `${where} own`);
      await shot("own");
      const own = await ask(server, "GET", "/api/v1/features/own.views_30d");
      check(where, own.known === own.people && own.people > 0, `${own.known} of ${own.people} have a count`);

      // Its last bar becomes a segment, with as many people and visitors left out.
      await bars.last().focus();
      await page.keyboard.press("Enter");
      await drawer.getByText(`${own.bars.at(-1).people}人`, { exact: true }).waitFor();
      await drawer.getByRole("link", { name: "セグメントに保存" }).click();
      await page.waitForURL(/segments\/new\?condition=/);
      await page.locator('[class*="live"]:not([data-old]) [role="status"]').waitFor();
      const size = number(await page.getByRole("status").filter({ hasText: "全体" }).locator("strong").innerText());
      check(where, size === own.bars.at(-1).people, `the segment has ${size} people, the bar ${own.bars.at(-1).people}`);
      await page.getByRole("textbox", { name: "名前" }).fill("よく見る人");
      await button(page, "保存").click();
      await page.getByRole("heading", { level: 1, name: "よく見る人" }).waitFor();
      await page.getByText(/商品の閲覧\(30日\)が\d+回以上/).first().waitFor();

      // It is used, so it stays.
      await page.goto(`${server.url}/understand/features?name=own.views_30d`);
      await page.getByText("使っているセグメント").waitFor();
      await button(page, "削除").click();
      await drawer.getByRole("link", { name: "よく見る人" }).waitFor();
      check(where, (await drawer.getByRole("button", { name: "削除" }).count()) === 0, "what is used can be deleted");
      await settled(page);
      await inspect(page, `${where} guard`);
      await shot("guard");
      await drawer.getByRole("button", { name: "閉じる" }).last().click();

      // A definition that cannot be is marked where it is wrong.
      await page.getByRole("link", { name: "定義を変える" }).click();
      const days = page.getByRole("textbox", { name: "時期の値" });
      await days.fill("0");
      await page.locator('[class*="rule"][data-wrong]').getByRole("alert").waitFor();
      await settled(page);
      await inspect(page, `${where} fault`);
      await shot("fault");
      await days.fill("7");
      await page.locator('[class*="rule"][data-wrong]').waitFor({ state: "detached" });
      await page.getByRole("textbox", { name: "名前", exact: true }).fill("商品の閲覧(7日)");
      await button(page, "保存").click();
      await page.getByRole("heading", { level: 2, name: "商品の閲覧(7日)" }).waitFor();
      await page.getByText("過去7日以内の「商品の閲覧」の回数").waitFor();

      // On the page of a person.
      const person = (await ask(server, "GET", "/api/v1/features/own.views_30d/people?limit=1")).customers[0];
      await page.goto(`${server.url}/customers/${person.id}?tab=features`);
      await page.getByRole("link", { name: "商品の閲覧(7日)" }).waitFor();
      await shot("person");

      const users = (await ask(server, "GET", "/api/v1/features")).features.find((one) => one.name === "own.views_30d").own.used_by;
      for (const one of users) await ask(server, "DELETE", `/api/v1/segments/${one.id}`);
      await page.goto(`${server.url}/understand/features?name=own.views_30d`);
      await button(page, "削除").click();
      await drawer.getByRole("button", { name: "削除" }).click();
      await page.getByRole("alert").filter({ hasText: "特徴を削除しました" }).waitFor();
      await until("it is gone from the list", async () => (await page.getByRole("link", { name: "商品の閲覧(7日)" }).count()) === 0);
    });
  },

  /** How the catalogue and the builder look in both languages and themes, wide and narrow. */
  async "own-feature-pages"(lane) {
    const { server } = lane;
    await computed(server);
    const define = (key, title, measure, more = {}) => ask(server, "POST", "/api/v1/features", { key, title, definition: { version: 1, measure }, ...more });
    await define("beans_spend", "豆の購入金額", { type: "order", state: "kept", where: { type: "property", name: "category", is: { op: "known" } }, measure: "revenue", currency: "JPY" }, { description: "カテゴリーのわかる購入だけ" });
    await define("last_seen_product", "最後に見た商品", { type: "event", event: "Product Viewed", measure: "last_value", property: "properties.product_id" });
    await define("last_view", "最後の閲覧", { type: "event", event: "Product Viewed", measure: "last_time" });
    const visits = Array.from({ length: 60 }, (_, i) => ({ type: "track", event: "Visit Booked", userId: `M${String(i + 1).padStart(8, "0")}`, messageId: `visit-${i}`, properties: { visit_date: new Date(Date.UTC(2026, i % 9, 1 + (i % 27))).toISOString().slice(0, 10) } }));
    await send(server, "batch", { batch: visits });
    await until("visits are known", async () => (await ask(server, "GET", "/api/v1/segments/schema/fields?of=event:Visit%20Booked")).fields.some((one) => one.name === "properties.visit_date" && one.type === "date"));
    await define("visit_date", "来店予約日", { type: "event", event: "Visit Booked", measure: "last_value", property: "properties.visit_date" });
    await play("own-feature-pages", lane, async (page, { context, shot, where, watcher }) => {
      const places = [["money", "?name=own.beans_spend"], ["text", "?name=own.last_seen_product"], ["time", "?name=own.last_view"], ["date", "?name=own.visit_date"], ["people", "?name=own.beans_spend&mark=*"], ["new", "/new"], ["edit", "/own.beans_spend/edit"]];
      for (const [look, language, theme, width] of [["ja", "ja", "light", 1280], ["en", "en", "dark", 1280], ["390", "ja", "dark", 390]]) {
        await context.request.patch(`${server.url}/api/v1/session`, { data: { language, theme }, headers: { Origin: server.url } });
        await page.setViewportSize({ width, height: 860 });
        for (const [name, path] of places) {
          await page.goto(`${server.url}/understand/features${path}`);
          await page.getByRole("main").getByRole("heading", { level: 1 }).waitFor();
          await settled(page);
          await inspect(page, `${where} ${name} ${look}`);
          await shot(`${name}-${look}`);
        }
      }
      await context.request.patch(`${server.url}/api/v1/session`, { data: { language: "ja", theme: "light" }, headers: { Origin: server.url } });
      await page.setViewportSize({ width: 1280, height: 860 });
      await page.route("**/api/v1/features/own.last_view", (route) => route.fulfill({ status: 400, contentType: "application/problem+json", body: JSON.stringify({ title: "いまは答えられません", status: 400, key: "x" }) }));
      watcher.expect("400");
      await page.goto(`${server.url}/understand/features?name=own.last_view`);
      await page.getByRole("alert").waitFor({ timeout: 30_000 });
      await shot("failing");
    });
    for (const key of ["beans_spend", "last_seen_product", "last_view", "visit_date"]) await ask(server, "DELETE", `/api/v1/features/own.${key}`);
  },
};
