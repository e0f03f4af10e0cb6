// What several people do at once, what they are told, and how an import is taken back.
import { check, inspect, settled } from "./browser.mjs";
import { ask, button, known, play, send, until } from "./play.mjs";

const event = { type: "track", name: "Product Added", path: "properties.price" };

/** The rule as another person sees it. */
async function ruleOf(server) {
  const { fields } = await ask(server, "GET", `/api/v1/contract/fields?type=${event.type}&name=${encodeURIComponent(event.name)}`);
  return fields.find((field) => field.path === event.path)?.rule;
}

/** Another person changes the rule. */
const changeRule = async (server, minimum) => ask(server, "PUT", "/api/v1/contract/rules", { ...event, rule: { minimum, version: (await ruleOf(server))?.version } });

/** Shows the page in English and light again in Japanese. */
async function inEnglish(page, context, server, look) {
  const speak = (language) => context.request.patch(`${server.url}/api/v1/session`, { data: { language }, headers: { Origin: server.url } });
  await speak("en");
  await page.reload();
  await settled(page);
  await look();
  await speak("ja");
}

export const togetherStories = {
  /** Two people change the same thing: the second is told, sees what the first wrote, and loses nothing. */
  async together(lane) {
    const { server } = lane;
    await changeRule(server, 10);
    await play("together", lane, async (page, { context, shot, where, watcher }) => {
      watcher.expect("409");
      const told = page.getByRole("alert").filter({ hasText: "ほかの人が先に変更しました" });
      const minimum = page.getByRole("textbox", { name: "最小" });
      const edit = button(page, `変更: ${event.path}`);
      await page.goto(`${server.url}/data/events/track?name=Product+Added&q=price`);
      await edit.click();
      await minimum.fill("100");
      await changeRule(server, 50);
      await button(page, "保存").click();
      await told.filter({ hasText: "≥ 50" }).waitFor();
      check(where, (await minimum.inputValue()) === "100", "what was typed is gone");
      await settled(page);
      await inspect(page, `${where} rule`);
      await shot("rule");
      await button(page, "いまの内容を使う").click();
      await told.waitFor({ state: "detached" });
      check(where, (await minimum.inputValue()) === "50", "what the other wrote is not in the form");
      await minimum.fill("200");
      await changeRule(server, 60);
      await button(page, "保存").click();
      await button(page, "入力した内容で上書きする").click();
      await page.getByText("ルールを保存しました").waitFor();
      check(where, (await ruleOf(server)).minimum === 200, "the rule was not replaced");
      await edit.click();
      await changeRule(server, 70);
      await button(page, "ルールを削除").click();
      await told.filter({ hasText: "≥ 70" }).waitFor();
      await button(page, "それでも削除する").click();
      await page.getByText("ルールを削除しました").waitFor();
      check(where, !(await ruleOf(server)), "the rule is still there");

      const purpose = (title, version) => ask(server, "PUT", "/api/v1/purposes/e2e", { title, fields: ["traits.email"], version });
      const first = await purpose("新商品のお知らせ");
      await page.goto(`${server.url}/settings/privacy`);
      await button(page, "変更: 新商品のお知らせ").click();
      await page.getByRole("textbox", { name: "利用目的" }).fill("会員向けのお知らせ");
      await purpose("キャンペーンのお知らせ", first.version);
      const save = button(page, "保存");
      await save.click();
      await told.filter({ hasText: "キャンペーンのお知らせ" }).waitFor();
      await settled(page);
      await inspect(page, `${where} purpose`);
      await shot("purpose");
      await button(page, "入力した内容で上書きする").click();
      await told.waitFor({ state: "detached" });
      const { purposes } = await ask(server, "GET", "/api/v1/purposes");
      check(where, purposes.find((p) => p.name === "e2e")?.title === "会員向けのお知らせ", "the purpose was not replaced");
      await button(page, "変更: 会員向けのお知らせ").click();
      await ask(server, "DELETE", "/api/v1/purposes/e2e");
      await save.click();
      await page.getByRole("alert").filter({ hasText: "ほかの人が先に削除しました" }).waitFor();
      await shot("gone");
      await button(page, "入力した内容で登録し直す").click();
      await button(page, "変更: 会員向けのお知らせ").waitFor();

      await page.goto(`${server.url}/customers?level=lead`);
      await button(page, "ビュー").click();
      const name = page.getByRole("textbox", { name: "ビューの名前" });
      await name.fill("見込み客");
      await button(page, "保存").click();
      await page.getByText("ビューを保存しました").waitFor();
      const other = await context.request.put(`${server.url}/api/v1/views?place=customers`, { data: { name: "見込み客", query: "columns=name%2Ckana&level=visitor&sort=-name" }, headers: { Origin: server.url } });
      check(where, other.ok(), `the view cannot be changed: ${other.status()}`);
      await name.fill("見込み客");
      await button(page, "保存").click();
      await told.filter({ hasText: "「見込み客」(区分: 訪問者 / 並び順: 氏名の降順 / 表示する列: 氏名、フリガナ)" }).waitFor();
      await inspect(page, `${where} view`);
      await shot("view");
      await button(page, "入力した内容で上書きする").click();
      await told.waitFor({ state: "detached" });

      await ask(server, "PUT", "/api/v1/retention/Cart%20Viewed", { days: 900 });
      await page.goto(`${server.url}/settings/privacy`);
      await inEnglish(page, context, server, async () => {
        const { retention } = await ask(server, "GET", "/api/v1/retention");
        await ask(server, "PUT", "/api/v1/retention/Cart%20Viewed", { days: 800, version: retention.find((rule) => rule.event === "Cart Viewed").version });
        await page.getByRole("listitem").filter({ hasText: "900" }).getByRole("button").click();
        await page.getByRole("alert").filter({ hasText: "800 days" }).waitFor();
        await settled(page);
        await inspect(page, `${where} English`);
        await shot("retention-en");
        await button(page, "Leave it as it is").click();
        await page.getByRole("alert").waitFor({ state: "detached" });
      });
    });
  },

  /** What needs somebody is told by the bell, is read, and comes back when it gets worse. */
  async notices(lane) {
    const { server } = lane;
    const bad = (id) => send(server, "track", { userId: "M00000001", event: "Order Completed", properties: { order_id: id, total: "たくさん", currency: "JPY", products: [] } });
    const held = async () => ((await ask(server, "GET", "/api/v1/quarantine")).counts ?? []).reduce((all, count) => all + count.events, 0);
    const oneMore = async (id) => {
      const before = await held();
      await bad(id);
      await until("the event is held", async () => (await held()) > before);
    };
    await oneMore("N1");
    await play("notices", lane, async (page, { context, shot, where, watcher }) => {
      const bell = page.getByRole("button", { name: /^お知らせ/ }).first();
      const items = page.getByRole("dialog").getByRole("listitem");
      await page.goto(server.url);
      await settled(page);
      check(where, /未読\d+件/.test(await bell.getAttribute("aria-label")), "the bell does not tell of what is unread");
      await bell.focus();
      await page.keyboard.press("Enter");
      const held = items.filter({ hasText: "隔離されています" });
      await held.waitFor();
      check(where, (await held.innerText()).includes("注意"), "how severe it is stands nowhere in words");
      await settled(page);
      await inspect(page, `${where} list`);
      await shot("list");
      await held.getByRole("button", { name: /既読にする/ }).click();
      await held.getByText("既読", { exact: true }).waitFor();
      await page.keyboard.press("Escape");
      await page.getByRole("dialog").waitFor({ state: "detached" });
      await oneMore("N2");
      await page.reload();
      await settled(page);
      await bell.click();
      await button(page, "すべて既読にする").click();
      await button(page, "すべて既読にする").waitFor({ state: "detached" });
      await held.getByRole("link").click();
      await page.waitForURL(/data\/quarantine/);
      await page.getByRole("dialog").waitFor({ state: "detached" });
      check(where, (await bell.getAttribute("aria-label")) === "お知らせ", "what was read counts as unread");
      await inEnglish(page, context, server, async () => {
        await page.setViewportSize({ width: 390, height: 844 });
        await button(page, "Notifications").click();
        await items.getByText("Warning").first().waitFor();
        await settled(page);
        await inspect(page, `${where} English 390`);
        await shot("en-390");
      });

      const told = (what) => page.route("**/api/v1/notifications", what);
      await told(async (route) => {
        const answer = await route.fetch();
        await route.fulfill({ response: answer, json: { ...(await answer.json()), complete: false } });
      });
      await page.reload();
      await bell.click();
      await page.getByText("一部の状態を確認できませんでした").waitFor();
      await inspect(page, `${where} incomplete`);
      await shot("incomplete");
      watcher.expect("400");
      await told((route) => route.fulfill({ status: 400, contentType: "application/problem+json", json: { title: "確認できません", status: 400, code: "invalid", key: "e2e" } }));
      await page.reload();
      await bell.click();
      await page.getByRole("dialog").getByText("確認できません").waitFor();
      await page.unrouteAll();
      await button(page, "もう一度試す").click();
      await items.first().waitFor();
    });
  },

  /** An import is taken back, after it was said what goes; it is then gone, and said to be. */
  async undo(lane) {
    const { server } = lane;
    await play("undo", lane, async (page, { context, shot, where, watcher }) => {
      await page.goto(`${server.url}/data/import`);
      const rows = ["会員ID,氏名,メールアドレス", "E2E-U1,取消 一郎,undo1@example.jp", "E2E-U2,取消 二郎,undo2@example.jp", "M00000001,,"];
      await page.locator("input[type=file]").setInputFiles({ name: "取り消す会員.csv", mimeType: "text/csv", buffer: Buffer.from(rows.join("\n")) });
      await page.getByText("このデータに必要な項目").waitFor();
      await page.getByLabel("データソースの名前").fill("undo");
      watcher.expect("409");
      await page.getByLabel("割り当ての名前").fill("取り消す会員");
      await button(page, "割り当てを保存").click();
      await page.getByText("割り当てを保存しました").waitFor();
      const { mappings } = await ask(server, "GET", "/api/v1/mappings");
      const { name, ...mapping } = mappings.find((m) => m.name === "取り消す会員");
      await ask(server, "PUT", `/api/v1/mappings/${encodeURIComponent(name)}`, { ...mapping, columns: mapping.columns.slice(0, 1) });
      await button(page, "割り当てを保存").click();
      await page.getByText("ほかの人が先に変更しました").waitFor();
      await settled(page);
      await inspect(page, `${where} mapping`);
      await shot("mapping");
      await button(page, "入力した内容で上書きする").click();
      await page.getByText("ほかの人が先に変更しました").waitFor({ state: "detached" });
      const upload = page.url();
      await page.goto(`${server.url}/data/import`);
      const own = page.getByRole("region", { name: "保存した列の割り当て" }).or(page.locator("section").filter({ hasText: "保存した列の割り当て" })).last();
      await button(page, "名前を変える: 取り消す会員").click();
      await page.getByRole("dialog").getByLabel("割り当ての名前").fill("  ");
      await page.getByRole("dialog").getByRole("button", { name: "名前を変える" }).click();
      await page.getByText("入力してください").waitFor();
      await page.getByRole("dialog").getByLabel("割り当ての名前").fill("会員の台帳");
      const { mappings: before } = await ask(server, "GET", "/api/v1/mappings");
      const { name: old, ...rest } = before.find((m) => m.name === "取り消す会員");
      await ask(server, "PUT", `/api/v1/mappings/${encodeURIComponent(old)}`, rest);
      await page.getByRole("dialog").getByRole("button", { name: "名前を変える" }).click();
      await page.getByText("ほかの人が先に変更しました").waitFor();
      await settled(page);
      await inspect(page, `${where} rename`);
      await shot("rename");
      await button(page, "それでも名前を変える").click();
      await page.getByText("割り当ての名前を変えました").waitFor();
      await own.getByText("会員の台帳").waitFor();
      await button(page, "削除: 会員の台帳").click();
      await page.getByRole("dialog").getByText("取り込み済みのデータはそのまま残ります").waitFor();
      await settled(page);
      await inspect(page, `${where} remove`);
      await shot("remove");
      await page.getByRole("dialog").getByRole("button", { name: "削除" }).click();
      await page.getByText("割り当てを削除しました").waitFor();
      check(where, !(await ask(server, "GET", "/api/v1/mappings")).mappings.some((m) => m.name === "会員の台帳"), "the mapping is still there");
      await page.goto(upload);
      await page.getByText("このデータに必要な項目").waitFor();
      await page.getByLabel("データソースの名前").fill("undo");
      await button(page, "試しに読み込む").click();
      await page.getByRole("button", { name: /行を取り込む$/ }).click({ timeout: 30_000 });
      await page.getByText("行を取り込みました").waitFor({ timeout: 30_000 });
      await until("the people are there", known(server, "E2E-U2"));
      await button(page, "取り込みを取り消す").click();
      const dialog = page.getByRole("dialog");
      await dialog.getByText("いなくなる人").waitFor();
      await settled(page);
      check(where, /いなくなる人\s*2/.test(await dialog.innerText()), `does not say that two people vanish: ${await dialog.innerText()}`);
      await inspect(page, `${where} preview`);
      const late = await context.newPage(); // somebody who is about to do the same
      await late.goto(page.url());
      await button(late, "取り込みを取り消す").click();
      await late.getByText("いなくなる人").waitFor();
      await page.bringToFront();
      await shot("preview");
      await dialog.getByRole("button", { name: "取り込みを取り消す" }).click();
      await page.getByText(/この取り込みは.*が取り消しました/).waitFor({ timeout: 30_000 });
      check(where, !(await known(server, "E2E-U1")()), "somebody of whom only the import told is still there");
      await settled(page);
      await inspect(page, `${where} undone`);
      await shot("undone");
      await late.getByRole("dialog").getByRole("button", { name: "取り込みを取り消す" }).click();
      await late.getByRole("alert").filter({ hasText: "すでに取り消されています" }).waitFor();
      await late.close();
      await button(page, "処理状況").click();
      await dialog.getByText("取り込みの取り消し").first().waitFor();
      await page.keyboard.press("Escape");
      watcher.done();
      await page.goto(`${server.url}/data/import`);
      await page.getByRole("listitem").filter({ hasText: "undo" }).getByText("取り消し済み").waitFor();
      await inEnglish(page, context, server, async () => {
        await page.getByRole("listitem").filter({ hasText: "undo" }).getByText("Taken back").waitFor();
        await inspect(page, `${where} English`);
        await shot("history-en");
      });
    });
  },
};
