// Segments and lists: made with keyboard and mouse, looked at, changed, and deleted only when nothing needs them.
import { check, inspect, settled } from "./browser.mjs";
import { ask, button, known, play, send, until } from "./play.mjs";

const orders = (is, window) => ({ type: "order", state: "kept", ...(window ? { window } : {}), measure: "count", is });
const define = (server, name, where) => ask(server, "POST", "/api/v1/segments", { name, kind: "rule", refresh: "live", condition: { version: 1, where } });

/** The number of people that the panel beside the conditions shows, once it is of what they say now. */
async function liveSize(page) {
  const size = page.getByRole("status").filter({ hasText: "全体" });
  await page.locator('[class*="live"]:not([data-old]) [role="status"]').waitFor();
  return Number((await size.locator("strong").innerText()).replace(/[^\d]/g, ""));
}

/** How many people a condition has by the API. */
const sizeOf = async (server, where) => (await ask(server, "POST", "/api/v1/segments/preview", { condition: { version: 1, where } })).size;

/** Waits until everybody's orders are computed: conditions are asked of that. */
const computed = (server) => until("orders are computed", async () => (await sizeOf(server, orders({ op: "at_least", number: 3 }))) > 0, 2400);

/** Adds a condition with the keyboard alone: opens the choice, types, and takes the first that is found. */
async function addByKeyboard(page, text) {
  await button(page, "条件を追加").last().focus();
  await page.keyboard.press("Enter");
  await page.getByRole("textbox", { name: "探す" }).waitFor();
  await page.keyboard.type(text);
  await page.locator("[data-combobox-option]:visible").first().waitFor();
  await page.keyboard.press("Enter");
}

export const segmentStories = {
  /** A segment is built, seen while it is built, saved, read, changed with a fault, and kept from being deleted. */
  async segments(lane) {
    const { server } = lane;
    await computed(server);
    await play("segments", lane, async (page, { shot, where, watcher }) => {
      await page.goto(`${server.url}/understand/segments/new`);
      await button(page, /休眠しそうな優良客/).waitFor();
      await settled(page);
      await inspect(page, `${where} starters`);

      await addByKeyboard(page, "購入回数");
      const count = page.getByRole("textbox", { name: "回数の値" });
      await count.waitFor();
      check(where, await page.evaluate(() => document.activeElement?.closest('[class*="rule"]') !== null), "the new condition does not take the focus");
      await count.fill("３"); // full width, as it comes from a Japanese keyboard
      await page.getByRole("combobox", { name: "時期" }).selectOption({ label: "いつでも(期間を問わず)" });
      const three = await liveSize(page);
      check(where, three === (await sizeOf(server, orders({ op: "at_least", number: 3 }))), `the live size is ${three}`);
      check(where, three > 0, "nobody ordered three times");

      await addByKeyboard(page, "累計購入金額");
      await page.getByRole("textbox", { name: "累計購入金額の値" }).fill("1.5万");
      const rich = { type: "feature", name: "spend", is: { op: "at_least", number: 15_000 } };
      const both = await liveSize(page);
      check(where, both === (await sizeOf(server, { type: "all", of: [orders({ op: "at_least", number: 3 }), rich] })), `with the amount it is ${both}`);
      check(where, both < three, "the second condition leaves nobody out");

      await page.keyboard.press("Control+z");
      await page.keyboard.press("Control+z");
      check(where, (await liveSize(page)) === three, "undoing does not bring back the size");
      await page.keyboard.press("Control+y");
      await page.keyboard.press("Control+y");
      check(where, (await liveSize(page)) === both, "nor does doing it again");

      await button(page, "条件を追加").last().click();
      await page.getByRole("option", { name: /性別/ }).click();
      await page.getByText("書きかけの条件1つを除いた人数です").waitFor();
      await page.getByRole("textbox", { name: "名前" }).fill("よく買う女性");
      await button(page, "保存").click();
      await page.getByRole("alert").filter({ hasText: "書きかけです" }).waitFor();
      const gender = page.getByLabel("性別の値").first();
      await gender.click();
      await page.getByRole("option", { name: "female" }).click();
      await page.keyboard.press("Escape");
      const women = await liveSize(page);
      await settled(page);
      await inspect(page, `${where} built`);
      await shot("built");
      await page.keyboard.press("Control+s");
      await page.getByRole("heading", { level: 1, name: "よく買う女性" }).waitFor();
      await page.getByText(`${women}人`).first().waitFor();
      const id = new URL(page.url()).pathname.split("/").at(-1);
      await settled(page);
      await inspect(page, `${where} page`);

      await page.getByRole("tab", { name: "人", exact: true }).click();
      const rows = page.getByRole("main").getByRole("table").getByRole("row");
      await until("all of them are listed", async () => (await rows.count()) === women + 1);
      await settled(page);
      await inspect(page, `${where} people`);
      await shot("people");
      await rows.nth(1).getByRole("link").click();
      await page.waitForURL(/\/customers\/c_/);
      await page.getByRole("tab", { name: "セグメント・リスト" }).click();
      await page.getByRole("link", { name: "よく買う女性" }).waitFor();
      await settled(page);
      await inspect(page, `${where} person`);
      await shot("person");

      // It is found from anywhere.
      await page.keyboard.press("Control+k");
      await page.getByRole("textbox", { name: "検索" }).fill("買う女性");
      await page.locator(".mantine-Spotlight-action").filter({ hasText: "よく買う女性" }).waitFor();
      await page.keyboard.press("Enter");
      await page.waitForURL(new RegExp(`/understand/segments/${id}$`));

      // What the form cannot know to be wrong is told by the server, at its place.
      watcher.expect("400");
      await page.goto(`${server.url}/understand/segments/${id}/edit`);
      const bound = page.getByRole("textbox", { name: "回数の値" });
      await bound.fill("0");
      const rule = page.locator('[class*="rule"][data-wrong]');
      await rule.filter({ hasText: "購入" }).getByRole("alert").waitFor();
      check(where, (await rule.count()) === 1, `${await rule.count()} conditions are marked`);
      check(where, both > 0 && (await page.getByText("条件に直すところがあります").isVisible()), "the panel does not tell of the fault");
      await settled(page);
      await inspect(page, `${where} fault`);
      await shot("fault");
      await page.getByRole("link", { name: "特徴", exact: true }).click();
      await page.getByRole("dialog").getByText("保存していない変更があります").waitFor();
      await button(page, "キャンセル").click();
      await bound.fill("2");
      await rule.waitFor({ state: "detached" });
      await button(page, "JSON").click();
      const json = page.getByRole("textbox", { name: "条件(JSON)" });
      check(where, (await json.inputValue()).includes('"number": 2'), "the JSON is of another condition");
      await json.fill((await json.inputValue()).replace('"number": 2', '"number": 4'));
      check(where, (await bound.inputValue()) === "4", "what is written as JSON does not show");
      await button(page, "保存").click();
      await page.waitForURL(new RegExp(`/understand/segments/${id}$`));
      await page.getByText("購入が4回以上あり").waitFor();

      const user = await define(server, "よく買う女性のうちメールを送れる人", { type: "all", of: [{ type: "segment", id, state: "in" }, { type: "consent", channel: "email", purpose: "marketing", state: "granted" }] });
      await page.reload();
      await button(page, "その他").click();
      await page.getByRole("menuitem", { name: "削除" }).click();
      const dialog = page.getByRole("dialog");
      await dialog.getByRole("link", { name: user.name }).waitFor();
      check(where, (await dialog.getByRole("button", { name: "削除" }).count()) === 0, "what is used can be deleted");
      await settled(page);
      await inspect(page, `${where} guard`);
      await shot("guard");
      await page.getByRole("button", { name: "閉じる" }).first().click();
      await ask(server, "DELETE", `/api/v1/segments/${user.id}`);
      await page.reload();
      await button(page, "その他").click();
      await page.getByRole("menuitem", { name: "削除" }).click();
      await dialog.getByRole("button", { name: "削除" }).click();
      await page.waitForURL(/\/understand\/segments$/);
      await until("it is gone from the list", async () => (await page.getByRole("link", { name: "よく買う女性" }).count()) === 0);
    });
  },

  /** Answers to a survey are offered where a condition asks for them, the commonest first. */
  async "answers-offered"(lane) {
    const { server } = lane;
    const answers = ["価格が高い", "届くのが遅い", "届くのが遅い"];
    await send(server, "batch", { batch: answers.map((answer, i) => ({ type: "track", event: "Survey Answered", userId: `E2E-ANSWER-${i}`, messageId: `answer-${i}`, properties: { survey_id: "exit", question_id: "why", answer } })) });
    await until("the survey is known", async () => (await ask(server, "GET", "/api/v1/segments/schema")).surveys.some((one) => one.name === "exit"));
    await play("answers-offered", lane, async (page, { shot, where }) => {
      const condition = { version: 1, where: { type: "answer", survey: "exit", question: "why", is: { op: "one_of", values: [] } } };
      await page.goto(`${server.url}/understand/segments/new?condition=${encodeURIComponent(JSON.stringify(condition))}`);
      await page.getByRole("combobox", { name: "回答の値" }).click();
      const offered = page.getByRole("listbox", { name: "回答の値" }).getByRole("option");
      await offered.first().waitFor();
      check(where, (await offered.allInnerTexts()).join() === "届くのが遅い,価格が高い", `offered are ${(await offered.allInnerTexts()).join()}`);
      await settled(page);
      await shot("offered");
      await offered.first().click();
      await page.keyboard.press("Escape");
      await page.getByText(/回答.*「届くのが遅い」/).first().waitFor();
      await settled(page);
      await inspect(page, where);
      await shot("chosen");
    });
  },

  /** What is different about a segment, what it shares with others, and how wide and narrow it looks in both languages. */
  async "segment-pages"(lane) {
    const { server } = lane;
    await computed(server);
    const good = await define(server, "優良客", orders({ op: "at_least", number: 3 }));
    await define(server, "メールを送れる会員", { type: "consent", channel: "email", purpose: "marketing", state: "granted" });
    await define(server, "最近買った人", orders({ op: "at_least", number: 1 }, { op: "in_last", n: 90, unit: "day" }));
    const wide = await define(server, "いろいろな条件", {
      type: "any",
      of: [
        { type: "all", of: [{ type: "trait", name: "gender", is: { op: "one_of", values: ["female"] } }, { type: "trait", name: "birthday", is: { op: "age", min: 20, max: 39 } }] },
        { type: "event", event: "Product Viewed", where: { type: "property", name: "properties.price", is: { op: "at_least", number: 1000 } }, window: { op: "in_last", n: 30, unit: "day" }, relative: { side: "after", which: "last", anchor: { event: "Order Completed" }, within: { n: 20, unit: "day" } }, measure: "count", is: { op: "at_least", number: 3 } },
        { type: "sequence", window: { op: "in_last", n: 30, unit: "day" }, steps: [{ event: "Product Added" }, { event: "Order Completed", absent: true }] },
        { type: "not", of: { type: "segment", id: good.id, state: "in" } },
      ],
    });
    await ask(server, "POST", "/api/v1/features", { key: "views", title: "商品を見た回数", definition: { version: 1, measure: { type: "event", event: "Product Viewed", measure: "count" } } });
    await play("segment-pages", lane, async (page, { context, shot, where }) => {
      const places = [["history", `${good.id}`], ["people", `${good.id}?tab=people`], ["profile", `${good.id}?tab=profile`], ["overlap", `${good.id}?tab=overlap`], ["edit", `${wide.id}/edit`]];
      for (const [look, language, theme, width] of [["ja", "ja", "light", 1280], ["en", "en", "dark", 1280], ["390", "ja", "dark", 390]]) {
        await context.request.patch(`${server.url}/api/v1/session`, { data: { language, theme }, headers: { Origin: server.url } });
        await page.setViewportSize({ width, height: 860 });
        for (const [name, path] of places) {
          await page.goto(`${server.url}/understand/segments/${path}`);
          await page.getByRole("main").getByRole("heading", { level: 1 }).waitFor();
          await settled(page);
          await inspect(page, `${where} ${name} ${look}`);
          await shot(`${name}-${look}`);
        }
      }
      await context.request.patch(`${server.url}/api/v1/session`, { data: { language: "ja", theme: "light" }, headers: { Origin: server.url } });
      await page.setViewportSize({ width: 1280, height: 860 });
      await page.goto(`${server.url}/understand/segments/${good.id}?tab=profile`);
      await page.getByText(/購入回数の平均が/).waitFor();
      const rows = await page.getByRole("main").getByRole("listitem").allInnerTexts();
      check(where, rows.some((row) => row.startsWith("商品を見た回数")), "the shop's own feature is not compared");
      const groups = rows.filter((row) => row.startsWith("RFMグループ\n")); // which of them, the day decides
      check(where, groups.length > 0 && groups.every((row) => !/^RFMグループ\n[a-z_]+\n/.test(row)), `the groups have no titles: ${groups.join(" | ")}`);
      await page.goto(`${server.url}/understand/segments/${good.id}?tab=overlap`);
      const column = page.getByRole("button", { name: /人$/ }).and(page.locator("svg [role=button]"));
      await column.first().waitFor();
      const people = await column.evaluateAll((all) => all.reduce((sum, one) => sum + Number(/([\d,]+)人$/.exec(one.getAttribute("aria-label"))[1].replaceAll(",", "")), 0));
      const overlap = await ask(server, "GET", `/api/v1/segments/overlap?ids=${[good.id, ...(await ask(server, "GET", "/api/v1/segments")).segments.filter((one) => one.id !== good.id).sort((a, b) => b.size - a.size).slice(0, 3).map((one) => one.id)].join(",")}`);
      check(where, people === overlap.sets.reduce((sum, set) => sum + set.people, 0), `the columns hold ${people} people`);
      const first = Number(/([\d,]+)人$/.exec(await column.first().getAttribute("aria-label"))[1].replaceAll(",", ""));
      await column.first().focus();
      await page.keyboard.press("Enter");
      await page.waitForURL(/segments\/new\?condition=/);
      check(where, (await liveSize(page)) === first, "the column leads to other people");
    });
  },

  /** People are put on a list by what identifies them; who is unknown is mended in place. */
  async lists(lane) {
    const { server } = lane;
    await play("lists", lane, async (page, { shot, where }) => {
      await page.goto(`${server.url}/understand/segments`);
      await button(page, "新しく作る").click();
      await page.getByRole("menuitem", { name: "リストを作る" }).click();
      await page.getByRole("textbox", { name: "名前" }).fill("招待会");
      await button(page, "作る").click();
      await page.getByRole("heading", { level: 1, name: "招待会" }).waitFor();
      await page.getByRole("textbox", { name: /会員ID/ }).fill("M00000001\nM00000002\tM00000003\nM0000000X");
      await button(page, "4件を追加").click();
      await page.getByRole("alert").filter({ hasText: "3人を追加しました。" }).waitFor();
      await settled(page);
      await inspect(page, `${where} unknown`);
      await shot("unknown");
      await page.getByRole("textbox", { name: "「M0000000X」の正しい値" }).fill("M00000004");
      await button(page, "直した値で追加").click();
      await page.getByRole("alert").filter({ hasText: "1人を追加しました。" }).waitFor();
      const ticks = page.getByRole("checkbox", { name: "この行を選ぶ" });
      await until("four are on it", async () => (await ticks.count()) === 4);
      await send(server, "identify", { userId: "E2E-LIST", traits: { name: "名簿 太郎", email: "list@example.jp" } });
      await until("somebody new is there", known(server, "E2E-LIST"));
      const rows = ["氏名,メール", "名簿 太郎,list@example.jp", "だれか,nobody@example.jp"].join("\r\n");
      await page.locator('input[type="file"]').setInputFiles({ name: "招待.csv", mimeType: "text/csv", buffer: Buffer.from(rows) });
      await page.getByRole("alert").filter({ hasText: "2件は、だれのものか見つかりませんでした" }).waitFor();
      await page.getByLabel("識別子の列").first().click();
      await page.getByRole("option", { name: "メール" }).click();
      await page.getByRole("alert").filter({ hasText: "1人を追加しました。 1件は" }).waitFor();
      await until("five are on it", async () => (await ticks.count()) === 5);
      await ticks.first().check();
      await button(page, "リストから外す").last().click();
      await until("four are left", async () => (await ticks.count()) === 4);
      await settled(page);
      await inspect(page, where);
      await page.setViewportSize({ width: 390, height: 844 });
      await settled(page);
      await inspect(page, `${where} 390`);
      await shot("390");
    });
  },
};
