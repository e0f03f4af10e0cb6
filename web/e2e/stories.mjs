// What people do here, from beginning to end, in the browser.
import { readFile } from "node:fs/promises";
import { check, contextOf, go, inspect, output, settled, watch } from "./browser.mjs";
import { hostile, unseen } from "./hostile.mjs";
import { button, known, play, send, until } from "./play.mjs";
import { startEmpty } from "./server.mjs";
import { analysesStories } from "./stories-analyses.mjs";
import { featureStories } from "./stories-features.mjs";
import { rfmStories } from "./stories-rfm.mjs";
import { segmentStories } from "./stories-segments.mjs";
import { shopStories } from "./stories-shop.mjs";
import { togetherStories } from "./stories-together.mjs";
import { totp } from "./totp.mjs";

export const stories = {
  /** The first start: set up, nothing there yet, a second factor, and in again with it. */
  async first({ browser }) {
    const server = await startEmpty();
    const context = await contextOf(browser);
    const page = await context.newPage();
    const watcher = watch(page, () => "first");
    watcher.expect("401");
    const shot = (step) => page.screenshot({ path: `${output}story-first-${step}.png` });
    try {
      await page.goto(server.url);
      await page.waitForURL(/set-up/);
      await settled(page);
      await inspect(page, "first set-up");
      await shot("set-up");
      await page.getByLabel("名前").fill("山田 さくら");
      await page.getByLabel("メールアドレス").fill("sakura@example.jp");
      await page.getByLabel("パスワード", { exact: true }).fill("short");
      await button(page, "始める").click();
      await page.getByText("10文字以上にしてください").waitFor();
      await page.getByLabel("パスワード", { exact: true }).fill("correct horse battery");
      await button(page, "始める").click();
      await page.getByRole("heading", { level: 1, name: "山田 さくらさん、こんにちは" }).waitFor();
      await settled(page);
      check("first", (await page.getByRole("dialog").count()) === 0, "somebody who has just come is asked to sign in again");
      for (const path of ["/", "/customers", "/data/sources", "/data/events", "/data/jobs", "/data/identity", "/settings/keys"]) {
        await page.goto(server.url + path);
        await settled(page);
        await inspect(page, `first empty ${path}`);
        await shot(`empty${path.replaceAll("/", "-")}`);
      }
      await button(page, "お知らせ").click();
      await page.getByText("お知らせはありません").waitFor();
      await inspect(page, "first empty notices");
      await shot("empty-notices");
      await page.goto(`${server.url}/settings/profile`);
      await button(page, "2段階認証を設定").click();
      await button(page, "次へ").click();
      await page.getByRole("img", { name: "認証アプリで読み取るQRコード" }).waitFor();
      const secret = await page.getByRole("dialog").locator("pre").innerText();
      watcher.expect("400");
      await page.getByLabel("確認コード").fill("000000");
      await button(page, "有効にする").click();
      await page.getByRole("dialog").getByRole("alert").waitFor();
      await page.getByLabel("確認コード").fill(totp(secret));
      await inspect(page, "first factor");
      await shot("factor");
      await button(page, "有効にする").click();
      await page.getByText("回復コードです").waitFor();
      const recovery = (await page.getByRole("dialog").locator("pre").innerText()).split("\n");
      await button(page, "保管しました").click();
      await page.getByRole("button", { name: /山田 さくら/ }).click();
      await page.getByRole("menuitem", { name: "ログアウト" }).click();
      await page.waitForURL(/sign-in/);
      await page.getByLabel("メールアドレス").fill("sakura@example.jp");
      await page.getByLabel("パスワード", { exact: true }).fill("correct horse battery");
      await button(page, "ログイン").click();
      await page.getByLabel("確認コード").fill(recovery[0]);
      await inspect(page, "first code");
      await shot("code");
      await button(page, "ログイン").click();
      await page.getByRole("heading", { level: 1, name: /こんにちは/ }).waitFor();
    } catch (error) {
      await shot("failed");
      throw error;
    } finally {
      await context.close();
      await server.stop();
    }
  },

  /** A customer is found by the palette, opened from the keyboard, and the table keeps its state. */
  async find(lane) {
    const { server } = lane;
    await play("find", lane, async (page, { shot, where }) => {
      await page.goto(server.url);
      await settled(page);
      await page.keyboard.press("Control+k");
      await page.getByRole("textbox", { name: "検索" }).fill("佐藤");
      await page.waitForSelector(".mantine-Spotlight-action");
      await page.waitForTimeout(500);
      await inspect(page, `${where} palette`);
      await shot("palette");
      await page.keyboard.press("Enter");
      await page.waitForURL(/\/customers\/c_/);
      await page.goto(`${server.url}/customers`);
      await settled(page);
      await page.locator("tbody tr").first().focus();
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press(" ");
      await page.getByText("1件を選択中").waitFor();
      await button(page, "コピー(表計算に貼り付け)").click();
      const copied = await page.evaluate(() => navigator.clipboard.readText());
      check(where, copied.split("\n").length === 2 && copied.includes("\t"), `copied ${JSON.stringify(copied)}`);
      await button(page, "表示する列").click();
      await page.getByRole("checkbox", { name: "フリガナ" }).uncheck();
      check(where, /columns=/.test(page.url()), `state is not in the address: ${page.url()}`);
      await inspect(page, `${where} columns`);
      await page.keyboard.press("Escape");
      await button(page, "ビュー").click();
      await page.getByRole("textbox", { name: "ビューの名前" }).fill("電話のみ");
      await button(page, "保存").click();
      await page.getByText("ビューを保存しました").waitFor();
      await inspect(page, `${where} views`);
      await shot("views");
      await page.keyboard.press("Escape");
    });
  },

  /** All of it without a mouse: the focus is seen, is never lost, and comes back from where it went. */
  async keyboard(lane) {
    const { server } = lane;
    await play("keyboard", lane, async (page, { where, shot }) => {
      const press = (...keys) => keys.reduce((before, key) => before.then(() => page.keyboard.press(key)), Promise.resolve());
      const focused = (what) => page.evaluate((selector) => document.activeElement !== document.body && !!document.activeElement?.closest(selector), what);
      const within = (what, selector) => until(what, () => focused(selector));
      await page.goto(server.url);
      await settled(page);
      await press("Tab");
      check(where, (await page.evaluate(() => document.activeElement.textContent)) === "本文へ", "the way past the menu is not first");
      check(where, (await page.evaluate(() => document.activeElement.getBoundingClientRect().left)) >= 0, "the way past the menu is not seen");
      await shot("skip");
      await press("Enter");
      await within("the content has the focus", "main");

      await press("Control+k");
      await page.getByRole("textbox", { name: "検索" }).fill("ライブ");
      await press("Enter");
      await page.waitForURL(/data\/live/);
      await settled(page);
      await within("the focus is on the page", "main");

      await page.getByRole("navigation", { name: "メニュー" }).getByRole("link", { name: "顧客" }).focus();
      await press("Enter");
      await page.waitForURL(/customers/);
      await settled(page);
      await within("the menu keeps the focus", "nav");
      await page.locator("tbody tr").first().focus();
      await press("ArrowDown", "Enter");
      await page.waitForURL(/\/customers\/c_/);
      await settled(page);
      await within("the focus is on the person", "main");

      await button(page, "その他").focus();
      const ring = await button(page, "その他").evaluate((e) => getComputedStyle(e).outlineStyle);
      check(where, ring !== "none", "the focus is not seen");
      await press("Enter");
      await within("the menu has the focus", '[role="menu"]');
      await press("ArrowDown", "Escape");
      await until("the menu gives the focus back", async () => (await page.evaluate(() => document.activeElement.textContent)).includes("その他"));
      await button(page, "統合").focus();
      await press("Enter");
      await page.getByRole("searchbox", { name: "もう1人を探す" }).waitFor();
      await within("the dialog has the focus", '[role="dialog"]');
      for (let i = 0; i < 12; i++) {
        await press("Tab");
        check(where, await focused('[role="dialog"]'), "the focus leaves the dialog");
      }
      await press("Escape");
      await page.getByRole("dialog").waitFor({ state: "detached" });
      await until("the dialog gives the focus back", async () => (await page.evaluate(() => document.activeElement.textContent)).includes("統合"));
    });
  },

  /** The list goes on to its next page, and all of it comes out as a file. */
  async pages(lane) {
    const { server } = lane;
    await play("pages", lane, async (page, { where }) => {
      await page.goto(`${server.url}/customers`);
      await settled(page);
      const download = page.waitForEvent("download");
      await button(page, "CSVで書き出す").click();
      const csv = await readFile(await (await download).path(), "utf8");
      check(where, csv.split("\r\n").length > 300 && csv.startsWith("\ufeff氏名"), `exported ${csv.split("\r\n").length} lines`);
      await button(page, "次へ").click();
      await page.waitForURL(/at=/);
      await settled(page);
      check(where, (await page.locator("tbody tr").count()) === 50, "the second page is not full");
    });
  },

  /** People come in the order of the syllabary, page by page, whatever is first seen. */
  async sorted(lane) {
    const { server } = lane;
    for (const [id, traits] of [["E2E-S1", { name: "後藤 愛", kana: "ゴトウ アイ" }], ["E2E-S2", { name: "古藤 藍", kana: "コトウ アイ" }], ["E2E-S3", { name: "相原 一", kana: "あいはら はじめ" }]]) await send(server, "identify", { userId: id, traits });
    await until("the last exists", known(server, "E2E-S3"));
    await play("sorted", lane, async (page, { where, shot }) => {
      await page.goto(`${server.url}/customers`);
      await settled(page);
      await button(page, "氏名").click();
      await page.waitForURL(/sort=name/);
      await settled(page);
      await shot("by-name");
      check(where, (await page.getByRole("columnheader", { name: "氏名" }).getAttribute("aria-sort")) === "ascending", "it is not told how the list is sorted");
      const readings = [];
      const names = [];
      for (let next = true; next; ) {
        for (const row of await page.locator("tbody tr").all()) {
          const [name, kana] = await row.locator("td:nth-child(2), td:nth-child(3)").allInnerTexts();
          names.push(name.trim());
          if (kana.trim()) readings.push(kana.trim().normalize("NFKC").replace(/[ぁ-ゖ]/g, (c) => String.fromCharCode(c.charCodeAt(0) + 0x60)));
        }
        next = await button(page, "次へ").isEnabled();
        if (next) {
          const at = page.url();
          await button(page, "次へ").click();
          await page.waitForURL((url) => url.href !== at);
          await settled(page);
        }
      }
      check(where, names.length > 300 && new Set(readings).size > 100, `${names.length} people in the list`);
      check(where, names.indexOf("古藤 藍") + 1 === names.indexOf("後藤 愛"), "the voiced sound does not come right after the other");
      const family = readings.map((reading) => reading.split(" ")[0]);
      const order = new Intl.Collator("ja").compare;
      const wrong = family.findIndex((name, i) => i > 0 && order(family[i - 1], name) > 0);
      check(where, wrong < 0, `${family[wrong - 1]} stands before ${family[wrong]}`);
      await page.goto(`${server.url}/customers?sort=-updated_at`);
      await settled(page);
      check(where, (await page.locator("tbody tr").first().innerText()).includes("相原"), "who changed last is not first");
    });
  },

  /** Two people are compared, merged, and taken apart again. */
  async merge(lane) {
    const { server } = lane;
    await send(server, "identify", { userId: "E2E-A", traits: { name: "統合 花子", email: "a-merge@example.jp" } });
    await send(server, "identify", { userId: "E2E-B", traits: { name: "統合 はなこ", email: "b-merge@example.jp" } });
    await until("both exist", async () => (await known(server, "E2E-A")()) && (await known(server, "E2E-B")()));
    await play("merge", lane, async (page, { shot, where }) => {
      await page.goto(`${server.url}/customers/user_id:E2E-A`);
      await button(page, "統合").click();
      await page.getByRole("searchbox", { name: "もう1人を探す" }).fill("統合 は");
      await page.getByRole("dialog").getByRole("button", { name: /はなこ/ }).click();
      await page.getByText("食い違う属性は").waitFor();
      await settled(page);
      await inspect(page, where);
      await shot("compare");
      await page.getByLabel("理由").fill("同じ住所");
      await button(page, "同じ人として統合する").click();
      await page.getByText("2人を1人に統合しました").waitFor();
      await shot("merged");
      await button(page, "統合を取り消す").first().click();
      await page.getByText("統合を取り消しました").waitFor();
      await page.getByRole("tab", { name: /統合/ }).click();
      await page.getByText("取り消し済み").waitFor();
      await inspect(page, `${where} undone`);
    });
  },

  /** Somebody is deleted; the word must be typed; the proof comes. */
  async erase(lane) {
    const { server } = lane;
    await send(server, "identify", { userId: "E2E-GONE", traits: { name: "削除 太郎", email: "gone@example.jp" } });
    await until("the person exists", known(server, "E2E-GONE"));
    await play("erase", lane, async (page, { shot, where, watcher }) => {
      await page.goto(`${server.url}/customers/user_id:E2E-GONE`);
      await button(page, "その他").click();
      const file = page.waitForEvent("download");
      await page.getByRole("menuitem", { name: "開示用データをダウンロード" }).click();
      const disclosed = JSON.parse(await readFile(await (await file).path(), "utf8"));
      check(where, JSON.stringify(disclosed).includes("gone@example.jp"), "the disclosure lacks the address");
      await button(page, "その他").click();
      await page.getByRole("menuitem", { name: "顧客を削除" }).click();
      check(where, await button(page, "完全に削除する").isDisabled(), "can be deleted without typing the word");
      await page.getByLabel("確認のため「削除」と入力してください").fill("削除");
      await settled(page);
      await inspect(page, where);
      await shot("confirm");
      watcher.expect("404");
      await button(page, "完全に削除する").click();
      await page.getByText("削除が完了しました").waitFor({ timeout: 30_000 });
      await shot("proof");
      await inspect(page, `${where} proof`);
      await button(page, "顧客一覧へ").click();
      await page.goto(`${server.url}/settings/privacy`);
      await page.getByRole("region", { name: "顧客の削除の証明" }).getByText("c_").first().waitFor();
    });
  },

  /** A file in Shift_JIS comes in; a bad row comes back. */
  async import(lane) {
    const { server } = lane;
    await play("import", lane, async (page, { shot, where }) => {
      await page.goto(`${server.url}/data/import`);
      await page.locator("input[type=file]").setInputFiles({ name: "会員.csv", mimeType: "text/csv", buffer: await readFile(new URL("./members.sjis.csv", import.meta.url)) });
      await page.getByText("列の割り当て").first().waitFor();
      await settled(page);
      check(where, await page.getByText("Shift_JIS").first().isVisible(), "the encoding was not found out");
      await inspect(page, `${where} mapping`);
      await shot("mapping");
      await button(page, "試しに読み込む").click();
      await page.getByText("取り込めません。まだ何も取り込んでいません").waitFor({ timeout: 30_000 });
      await settled(page);
      await inspect(page, `${where} tried`);
      await shot("tried");
      const rejects = page.waitForEvent("download");
      await button(page, "取り込めない行をダウンロード").click();
      check(where, (await readFile(await (await rejects).path(), "utf8")).includes("not-an-address"), "the rejected row is not in the file");
      await button(page, "3行を取り込む").click();
      await page.getByText("3行を取り込みました").waitFor({ timeout: 30_000 });
      await settled(page);
      await shot("done");
      await button(page, "処理状況").click();
      await page.getByRole("dialog").getByText("ファイルの取り込み").first().waitFor();
      await page.waitForTimeout(300);
      await inspect(page, `${where} jobs`);
      await shot("jobs");
      await page.keyboard.press("Escape");
      await page.goto(`${server.url}/customers?q=${encodeURIComponent("髙橋 一郎")}`);
      await page.getByRole("link", { name: "髙橋 一郎" }).waitFor({ timeout: 15_000 });
    });
  },

  /** Names that were made to break pages stay text. */
  async hostile(lane) {
    const { server } = lane;
    for (const [i, name] of hostile.entries()) await send(server, "identify", { userId: `E2E-H${i}`, traits: { name, email: `hostile${i}@example.jp`, note: name, [`<img src=x onerror=alert(${i})>`]: name } });
    await send(server, "track", { userId: "E2E-H0", event: "<script>alert(1)</script>", properties: { subject: hostile[0], url: "javascript:alert(1)" } });
    await send(server, "identify", { userId: "E2E-UNSEEN", traits: { name: unseen, email: "hostile-unseen@example.jp" } });
    await until("the unseen exists", known(server, "E2E-UNSEEN"));
    await until("the last exists", known(server, `E2E-H${hostile.length - 1}`));
    for (const width of [1280, 390]) {
      await play(`hostile-${width}`, lane, async (page, { shot, where }) => {
        await page.goto(`${server.url}/customers?q=hostile`);
        await settled(page);
        await inspect(page, `${where} list`);
        await shot("list");
        check(where, await page.getByRole("link", { name: "hostile-unseen@example.jp" }).isVisible(), "nothing stands for a name that cannot be seen");
        for (const [i, name] of hostile.entries()) {
          await go(page, `/customers/user_id:E2E-H${i}`);
          const title = await page.getByRole("heading", { level: 1 }).innerText();
          check(where, title.includes(name.trim().slice(0, 8)), `the name ${JSON.stringify(name)} is shown as ${JSON.stringify(title)}`);
          await inspect(page, `${where} ${i}`, { barriers: i === 0 || i === 4 });
          check(where, await page.evaluate(() => globalThis.owned === undefined && !document.querySelector("main img, main script, main iframe")), `markup got in with ${name}`);
          if (i < 3) await shot(String(i));
        }
      }, { viewport: { width, height: 844 } });
    }
  },

  /** Rules, keys and users: made, used up, refused. */
  async settings(lane) {
    const { server } = lane;
    await play("settings", lane, async (page, { shot, where, watcher }) => {
      await page.goto(`${server.url}/settings/users`);
      await button(page, "ユーザーを招待").click();
      await page.getByRole("textbox", { name: "メールアドレス" }).fill("demo@example.jp");
      watcher.expect("409");
      await button(page, "招待リンクを作る").click();
      await page.getByRole("dialog").getByText("demo@example.jp").or(page.getByRole("alert")).first().waitFor();
      await inspect(page, `${where} invite`);
      await shot("invite");
      await page.getByRole("textbox", { name: "メールアドレス" }).fill("hanako@example.jp");
      await button(page, "招待リンクを作る").click();
      const link = await page.getByRole("dialog").locator("pre").innerText();
      check(where, link.includes("#token="), `no link: ${link}`);
      await page.keyboard.press("Escape");

      const guest = await (await contextOf(lane.browser)).newPage();
      await guest.goto(link);
      await guest.getByLabel("新しいパスワード").fill("短い");
      await guest.getByRole("button", { name: "ログイン" }).click();
      await guest.getByRole("alert").waitFor();
      await guest.screenshot({ path: `${output}link-password.ja.png` });
      await guest.getByLabel("新しいパスワード").fill("long enough to remember");
      await guest.getByRole("button", { name: "ログイン" }).click();
      await guest.getByRole("heading", { level: 1, name: /こんにちは/ }).waitFor();
      check(where, (await guest.getByRole("link", { name: "設定" }).count()) === 1, "no settings");
      await guest.getByRole("link", { name: "設定" }).click();
      check(where, (await guest.getByRole("link", { name: "ユーザー" }).count()) === 0, "a marketer is shown the users");
      await guest.context().close();

      await page.goto(`${server.url}/data/sources`);
      await button(page, "データソースを追加").click();
      await page.getByRole("dialog").getByRole("button", { name: "書き込みキーを発行" }).click();
      check(where, await page.getByText("入力してください").first().isVisible(), "an empty name is taken");
      await page.getByRole("textbox", { name: "データソースの名前" }).fill("app");
      await page.getByRole("dialog").getByRole("button", { name: "書き込みキーを発行" }).click();
      await page.getByText("このキーはいまだけ表示されます").waitFor();
      await settled(page);
      await inspect(page, `${where} key`);
      await shot("key");
      await button(page, "控えました").click();

      await page.goto(`${server.url}/data/events/track?name=Product+Viewed&q=price`);
      await settled(page);
      await page.getByRole("button", { name: "ルールを追加: properties.price", exact: true }).or(page.getByRole("button", { name: /ルールを追加: properties/ })).first().click();
      await page.getByRole("textbox", { name: "最小" }).fill("100");
      await inspect(page, `${where} rule`);
      await shot("rule");
      await button(page, "保存").click();
      await page.getByText("ルールを保存しました").waitFor();
      await new Promise((resolve) => setTimeout(resolve, 300));
      await send(server, "track", { userId: "E2E-A", event: "Product Viewed", properties: { product_id: "P1", price: 1 } });
      await until("the event is held", async () => ((await (await fetch(`${server.url}/api/v1/quarantine`, { headers: { Authorization: `Bearer ${server.key}` } })).json()).counts ?? []).length > 0);
      await page.goto(`${server.url}/data/quarantine`);
      await page.getByRole("checkbox", { name: "この行を選ぶ" }).first().check();
      await settled(page);
      await inspect(page, `${where} quarantine`);
      await shot("quarantine");
      await button(page, "破棄").click();
      await page.getByRole("dialog").getByRole("button", { name: "破棄" }).click();
      await page.getByText("破棄しました").waitFor();
    });
  },

  /** A link that was used: who is signed in by it goes on, who is not is told where to get another. */
  async link(lane) {
    const { server } = lane;
    await play("link", lane, async (page, { context, shot, where, watcher }) => {
      watcher.expect("401");
      await page.goto(server.link);
      await page.getByText("すでにデモさんがログインしています").waitFor();
      await inspect(page, `${where} used`);
      await shot("used");
      await button(page, "このまま進む").click();
      await page.getByRole("heading", { level: 1 }).filter({ hasText: "こんにちは" }).waitFor();
      await context.clearCookies();
      await page.goto(`${server.url}/healthz`);
      await page.goto(server.link);
      await button(page, "ログインの画面へ").click();
      await page.getByText("起動し直すと新しいリンクが表示されます").waitFor();
      await inspect(page, `${where} lost`);
      await shot("lost");
    });
  },

  /** The connection goes and comes back; a session that ended is renewed where one is. */
  async lost(lane) {
    const { server } = lane;
    await play("lost", lane, async (page, { context, shot, where, watcher }) => {
      watcher.expect("Failed to load resource");
      await page.goto(`${server.url}/data/health`);
      await settled(page);
      await context.setOffline(true);
      await page.getByRole("alert").filter({ hasText: "サーバーに接続できません" }).waitFor();
      await inspect(page, where);
      await shot("lost");
      await context.setOffline(false);
      await page.getByRole("alert").filter({ hasText: "サーバーに接続できません" }).waitFor({ state: "detached", timeout: 15_000 });
      await page.goto(`${server.url}/settings/profile`);
      await settled(page);
      const cookies = await context.cookies();
      await context.clearCookies();
      await page.getByLabel("名前").fill("さくら");
      await button(page, "保存").first().click();
      await page.getByText("もう一度ログインしてください").waitFor();
      await inspect(page, `${where} session`);
      await shot("session");
      check(where, (await page.getByLabel("名前").inputValue()) === "さくら", "what was typed is gone");
      await context.addCookies(cookies); // signed in again in another tab
      await page.evaluate(() => dispatchEvent(new Event("focus")));
      await page.getByText("もう一度ログインしてください").waitFor({ state: "detached" });
      await button(page, "保存").first().click();
      await page.getByText("保存しました").waitFor();
      await page.getByLabel("名前").fill("デモ");
      await button(page, "保存").first().click();
      await page.getByText("保存しました").nth(1).waitFor();
    });
  },

  ...analysesStories,
  ...rfmStories,
  ...segmentStories,
  ...featureStories,
  ...shopStories,
  ...togetherStories,
};
