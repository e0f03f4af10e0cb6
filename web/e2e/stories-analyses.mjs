// What orders tell: from a question to its answer, to the people behind it, and out into a sheet.
import { readFile } from "node:fs/promises";
import { check, inspect, settled } from "./browser.mjs";
import { ask, button, play, until } from "./play.mjs";

/** Waits until what follows from the demo's orders has been computed, and the bounds of this month were cut from them. */
const analysed = (server) => until("orders are analysed", async () => !!(await ask(server, "GET", "/api/v1/analyses/rfm")).scales.recency.since, 2000);

const main = (page) => page.locator("main").innerText();

/** The file that a click on an item of the export menu of a figure gives. */
async function exported(page, figure, kind) {
  const file = page.waitForEvent("download");
  await page.getByRole("region").or(page.locator("section")).filter({ has: page.getByRole("heading", { name: figure, exact: true }) }).last().getByRole("button", { name: "書き出し" }).click();
  await page.getByRole("menuitem", { name: kind }).click();
  const download = await file;
  return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
}

export const analysesStories = {
  /** From the grid of RFM to the people of a cell to one of them; another day, another axis, and the files. */
  async analyses(lane) {
    const { server } = lane;
    await play("analyses", lane, async (page, { shot, where }) => {
      await analysed(server);
      const rfm = await ask(server, "GET", "/api/v1/analyses/rfm");
      await page.goto(`${server.url}/understand/analyses`);
      await page.getByRole("link", { name: /^RFM分析/ }).getByText(/優良顧客は[\d,]+人/).waitFor();
      await shot("questions");
      await page.getByRole("link", { name: /^RFM分析/ }).click();
      await page.waitForURL(/analyses\/rfm/);
      await settled(page);
      const best = rfm.groups.find((group) => group.name === "best");
      check(where, (await main(page)).includes(`優良顧客は${best.people}人`), `the answer does not tell of ${best.people} best customers`);

      // From the number to the person.
      const cell = rfm.grid.reduce((most, one) => (one.people > most.people ? one : most));
      const grid = page.getByRole("group", { name: /最新購買日のランクと購買回数/ });
      const marks = await grid.getByRole("button").evaluateAll((all) => all.map((one) => Number(/ ([\d,]+)人/.exec(one.getAttribute("aria-label"))[1].replaceAll(",", ""))));
      check(where, marks.reduce((a, b) => a + b) === rfm.customers, `the cells hold ${marks.reduce((a, b) => a + b)} people of ${rfm.customers}`);
      await grid.getByRole("button", { name: new RegExp(`^R${cell.recency}F${cell.frequency}`) }).click();
      const people = page.getByRole("dialog");
      await people.getByText(`${cell.people}人`, { exact: true }).waitFor();
      await settled(page);
      await inspect(page, `${where} people`);
      await shot("people");
      const href = await people.getByRole("link", { name: "セグメントに保存" }).getAttribute("href");
      const condition = JSON.parse(new URL(href, server.url).searchParams.get("condition"));
      check(where, condition.version === 1 && JSON.stringify(condition).includes("rfm_recency_grade"), `the condition is ${JSON.stringify(condition)}`);
      await people.locator("li").getByRole("link").first().click();
      await page.waitForURL(/\/customers\/c_/);
      await page.goBack();
      await people.locator("li").first().waitFor();
      await page.keyboard.press("Escape");
      await people.waitFor({ state: "detached" });

      // By keyboard alone.
      await grid.getByRole("button", { name: /^R5F5/ }).focus();
      await page.keyboard.press("ArrowLeft");
      await page.keyboard.press("Enter");
      await people.getByText("R5F4").waitFor();
      await page.keyboard.press("Escape");
      await people.waitFor({ state: "detached" });

      // Another day, and who moved since.
      const day = (ago) => new Date(Date.parse(`${rfm.as_of}T00:00:00Z`) - ago * 86_400_000).toISOString().slice(0, 10);
      await page.getByRole("textbox", { name: "基準日" }).fill(day(30));
      await page.waitForURL(new RegExp(`as_of=${day(30)}`));
      await page.getByRole("textbox", { name: "比較する日" }).fill(day(120));
      await page.getByRole("heading", { name: /グループ間の移動/ }).waitFor();
      await settled(page);
      const then = await ask(server, "GET", `/api/v1/analyses/rfm?as_of=${day(120)}`);
      check(where, (await main(page)).includes(`優良顧客は${then.groups.find((group) => group.name === "best").people}人`), "the answer of the earlier day is missing");
      await inspect(page, `${where} moves`);
      // What was on an earlier day can be no segment.
      await page.getByRole("group", { name: "名前のついたグループ" }).getByRole("button").first().click();
      await people.locator("li").first().or(people.getByText("当てはまる人はいません")).waitFor();
      await settled(page);
      check(where, (await people.getByRole("link", { name: "セグメントに保存" }).count()) === 0, "an earlier day can be saved as a segment");
      await page.keyboard.press("Escape");
      await people.waitFor({ state: "detached" });
      await page.getByRole("textbox", { name: "比較する日" }).fill("");
      await page.waitForURL((url) => !url.search.includes("before"));

      // By product.
      await page.getByText("商品軸", { exact: true }).click();
      await page.getByRole("heading", { name: "何を買っているか(商品軸)" }).waitFor();
      await page.goto(`${server.url}/understand/analyses/abc?axis=product`);
      await page.getByRole("heading", { name: "商品の順位" }).waitFor();
      await settled(page);
      const abc = await ask(server, "GET", "/api/v1/analyses/abc?axis=product");

      // Out into a sheet.
      const csv = await exported(page, "商品の順位", "CSV");
      const lines = csv.bytes.toString("utf8").trim().split("\r\n");
      check(where, lines.length === abc.products.length + 1, `the file has ${lines.length} lines for ${abc.products.length} products`);
      check(where, csv.bytes[0] === 0xef && lines[0].startsWith("商品,ランク,売上(JPY)"), `the head is ${lines[0]}`); // with the mark by which Excel knows UTF-8
      const cells = lines[1].split(",");
      check(where, cells[0] === abc.products[0].name && cells[1] === "A" && Number(cells[2]) === abc.products[0].revenue, `the first line is ${lines[1]}`);
      const excel = await exported(page, "商品の順位", "Excel");
      check(where, excel.name.endsWith(".xlsx") && excel.bytes.subarray(0, 2).toString() === "PK", `${excel.name} is no workbook`);
      // Our own import reads Excel as others write it.
      const upload = await fetch(`${server.url}/api/v1/uploads?name=abc.xlsx`, { method: "POST", headers: { Authorization: `Bearer ${server.key}` }, body: excel.bytes });
      const sheet = await ask(server, "POST", `/api/v1/uploads/${(await upload.json()).id}/inspect`, {});
      check(where, sheet.sample.length === Math.min(200, abc.products.length) && sheet.columns.join() === lines[0] && sheet.sheets.length === 2, `the workbook begins with ${sheet.sample.length} rows of ${sheet.columns.join()} in ${sheet.sheets?.join()}`);
      check(where, sheet.sample[0].slice(0, 3).join() === cells.slice(0, 3).join(), `its first row is ${sheet.sample[0].join()}`);
      const png = await exported(page, "商品の順位", "画像");
      check(where, png.name.endsWith(".png") && png.bytes.subarray(1, 4).toString() === "PNG" && png.bytes.length > 10_000, `${png.name} of ${png.bytes.length} bytes is no picture`);
    });
  },

  /** Thresholds of one's own, and one that makes no sense. */
  async thresholds(lane) {
    const { server } = lane;
    await play("thresholds", lane, async (page, { shot, where, watcher }) => {
      await analysed(server);
      await page.goto(`${server.url}/understand/analyses/lifecycle`);
      await settled(page);
      await button(page, "しきい値").click();
      await page.getByRole("textbox", { name: "離反懸念", exact: true }).fill("20");
      await page.getByRole("textbox", { name: "休眠", exact: true }).fill("40");
      await page.getByRole("textbox", { name: "離反", exact: true }).fill("60");
      await button(page, "この値で分析する").click();
      await page.waitForURL(/at_risk=20/);
      await page.getByText("2回以上、20日以内").first().waitFor();
      await settled(page);
      const told = await ask(server, "GET", "/api/v1/analyses/lifecycle?at_risk=20&dormant=40&churned=60");
      const active = told.stages.find((stage) => stage.stage === "active");
      check(where, (await main(page)).includes(`活動中の顧客は${active.people}人`), `the answer does not tell of ${active.people} active customers`);
      await shot("own");
      watcher.expect("400");
      await page.goto(`${server.url}/understand/analyses/rfm?recency=1,2`);
      await page.getByRole("alert").waitFor();
      await inspect(page, `${where} refused`);
      await shot("refused");
    });
  },
};
