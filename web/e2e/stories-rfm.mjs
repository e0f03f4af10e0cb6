// A shop's own groups of customers: named, painted and put in order; and a segment of who moved between them.
import { check, inspect, settled } from "./browser.mjs";
import { ask, button, play, until } from "./play.mjs";

const main = (page) => page.locator("main").innerText();

export const rfmStories = {
  /** Edits the groups, sees the page follow, and makes segments of who moved. */
  async rfm(lane) {
    const { server } = lane;
    const rfm = (query = "") => ask(server, "GET", `/api/v1/analyses/rfm${query}`);
    const grouped = (name) => until(`customers are in the group ${name}`, async () => (await ask(server, "GET", "/api/v1/features/rfm_group")).values?.some((one) => one.value === name), 3000);
    await play("rfm", lane, async (page, { shot, where, watcher }) => {
      await until("orders are analysed", async () => !!(await rfm()).scales.recency.since, 2000);
      const first = await rfm();
      await grouped(first.groups.find((group) => group.people > 0).name);

      // Who moved since the end of last month, as a segment.
      await page.goto(`${server.url}/understand/analyses/rfm`);
      await settled(page);
      check(where, (await main(page)).includes("先月末までの顧客の5等分"), "the page does not say where the bounds come from");
      await button(page, "先月末と比べる").click();
      await page.getByRole("heading", { name: /グループ間の移動/ }).waitFor();
      await settled(page);
      const before = new URL(page.url()).searchParams.get("before");
      const move = (await rfm(`?before=${before}`)).moves.filter((one) => one.was && one.is && one.was !== one.is).sort((a, b) => b.people - a.people)[0];
      const choices = Object.fromEntries((await ask(server, "GET", "/api/v1/segments/schema")).features.find((f) => f.name === "rfm_group").choices.map((one) => [one.value, one.title]));
      const title = `${choices[move.was]} → ${choices[move.is]}`;
      await shot("moves");
      await page.getByRole("button", { name: `${title}:${move.people}人`, exact: true }).click();
      const people = page.getByRole("dialog");
      await people.getByText(`${move.people}人`, { exact: true }).waitFor();
      await settled(page);
      await inspect(page, `${where} movers`);
      await shot("movers");
      await people.getByRole("link", { name: "セグメントに保存" }).click();
      await page.waitForURL(/segments\/new/);
      await settled(page);
      const said = await main(page);
      check(where, said.includes(choices[move.was]) && said.includes(choices[move.is]), "the builder does not name the groups");
      await until("the builder counts who moved", async () => (await main(page)).includes(`${move.people}`), 200);
      await inspect(page, `${where} condition`);
      await shot("condition");

      // Groups of one's own.
      await page.goto(`${server.url}/understand/analyses/rfm/groups`);
      await settled(page);
      const name = (n) => page.getByRole("textbox", { name: `${n}番目のグループの名前` });
      await name(1).fill("上得意");
      const grid = page.getByRole("grid");
      const cell = (at) => grid.getByRole("gridcell", { name: new RegExp(`^${at} `) });
      await cell("R5F3").scrollIntoViewIfNeeded();
      const [from, to] = [await cell("R5F3").boundingBox(), await cell("R3F5").boundingBox()];
      await page.mouse.move(from.x + from.width / 2, from.y + from.height / 2);
      await page.mouse.down();
      await page.mouse.move(to.x + to.width / 2, to.y + to.height / 2, { steps: 6 });
      await page.mouse.up();
      const grade = (letter, end) => page.getByRole("combobox", { name: `${letter}の${end}のランク` }).first();
      check(where, (await grade("R", "下限").inputValue()) === "3" && (await grade("R", "上限").inputValue()) === "5" && (await grade("F", "下限").inputValue()) === "3", "what was painted is not the group's");
      await button(page, "離反顧客を削除").click();
      await page.getByText("どのグループにも入らないマスがあります").waitFor();
      await button(page, "グループを追加").click();
      await shot("painted");
      watcher.expect("400");
      await button(page, "保存").click();
      await page.getByText("グループの名前を入力してください。").waitFor();
      await inspect(page, `${where} refused`);
      await shot("refused");
      const last = first.groups.length;
      await name(last).fill("その他");
      await page.getByText("どのグループにも入らないマスがあります").waitFor({ state: "detached" });
      await page.keyboard.press("Tab");
      await button(page, "保存").click();
      await page.getByText("保存しました。顧客のグループを計算し直しています").waitFor();
      await settled(page);
      await shot("saved");
      const now = await rfm();
      const [best] = now.groups;
      check(where, best.title === "上得意" && best.recency.join() === "3,5" && best.frequency.join() === "3,5" && now.groups.at(-1).title === "その他", `saved ${JSON.stringify(now.groups)}`);
      check(where, now.groups.reduce((n, group) => n + group.people, 0) === now.customers, "somebody is in no group");

      // The page follows, and so do customers.
      await page.getByRole("link", { name: "RFM分析へ" }).click();
      await page.waitForURL(/analyses\/rfm$/);
      await settled(page);
      check(where, (await main(page)).includes(`「上得意」は${best.people}人`), `the page does not tell of ${best.people} in the new group`);
      await shot("followed");
      const counted = async () => (await ask(server, "GET", "/api/v1/features/rfm_group")).values ?? [];
      await until("customers are grouped anew", async () => (await counted()).find((one) => one.value === "best")?.people === best.people, 3000);

      // Who went down since last month.
      await page.goto(`${server.url}/understand/segments/new`);
      await page.getByRole("button", { name: /^先月より下がったお客さま/ }).click();
      await settled(page);
      await inspect(page, `${where} starter`);
      await shot("starter");
      await button(page, "保存").first().click();
      await page.waitForURL(/segments\/(?!new)[a-z0-9]+$/);
      await settled(page);
      const order = now.groups.map((group) => group.name);
      const down = (await rfm(`?before=${before}`)).moves.filter((one) => one.was && one.is && order.indexOf(one.is) > order.indexOf(one.was)).reduce((n, one) => n + one.people, 0);
      const segment = await ask(server, "GET", `/api/v1/segments/${page.url().split("/").pop()}`);
      check(where, segment.size === down, `${segment.size} in the segment, ${down} went down`);
      check(where, segment.sentence.includes("下がった"), `the sentence is ${segment.sentence}`);
      await shot("segment");
    });
  },
};
