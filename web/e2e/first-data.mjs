// The first data of a shop: until what follows from it is computed, that is said instead of nothing was bought.
import { check, contextOf, inspect, output, settled, watch } from "./browser.mjs";
import { send, until } from "./play.mjs";
import { startEmpty } from "./server.mjs";

export async function firstData({ browser }) {
  const server = await startEmpty();
  const context = await contextOf(browser);
  const page = await context.newPage();
  watch(page, () => "first-data");
  const ask = (method, path, data) => context.request.fetch(`${server.url}/api/v1/${path}`, { method, data, headers: { Origin: server.url } });
  const look = async (where, language) => {
    await ask("PATCH", "session", { language, theme: language === "en" ? "dark" : "light" });
    for (const [name, path] of [["home", "/"], ["decile", "/understand/analyses/decile"], ["analyses", "/understand/analyses"]]) {
      await page.goto(server.url + path);
      await page.getByRole("main").getByText(language === "ja" ? "計算中です" : "Being computed", { exact: true }).first().waitFor();
      await settled(page);
      await inspect(page, `${where} ${name} ${language}`);
      await page.screenshot({ path: `${output}story-${where}-${name}-${language}.png` });
    }
  };
  try {
    await ask("POST", "setup", { name: "管理 花子", email: "admin@example.jp", password: "correct horse battery", language: "ja" });
    const computing = async () => (await (await ask("GET", "analyses/decile")).json()).computing ?? false;
    check("first-data", !(await computing()), "an empty shop is computing");
    const key = await (await ask("POST", "keys", { name: "shop", source: "shop" })).json();
    const shop = { url: server.url, writeKey: key.secret };
    await send(shop, "batch", { batch: [1, 2, 3].map((n) => ({ type: "track", event: "Order Completed", userId: `M${n}`, messageId: `order-${n}`, properties: { order_id: `O${n}`, total: 1000 * n } })) });
    await until("the orders are applied", computing);
    await look("first-data", "ja");
    await look("first-data", "en");
    await ask("PATCH", "session", { language: "ja", theme: "light" });
    await page.goto(server.url);
    await page.getByText("計算中です", { exact: true }).waitFor();
    await page.getByText(/¥6,000/).first().waitFor({ timeout: 60_000 }); // by itself
    check("first-data", (await page.getByText("計算中です").count()) === 0, "it is still computing");
  } catch (error) {
    await page.screenshot({ path: `${output}story-first-data-failed.png` });
    throw error;
  } finally {
    await context.close();
    await server.stop();
  }
}
