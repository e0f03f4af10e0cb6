// The ways in: the link of the demo, the sign-in page and what it says when one may not.
import { check, contextOf, inspect, output, settled, watch } from "./browser.mjs";

/** Follows the demo's link and returns what the browser then knows. */
export async function enter(browser, server) {
  const context = await contextOf(browser);
  const page = await context.newPage();
  watch(page, () => "enter").expect("401");
  await page.goto(server.link);
  await page.getByRole("heading", { level: 1 }).filter({ hasText: "こんにちは" }).waitFor();
  check("enter", !page.url().includes("token"), "the secret stays in the address");
  const storage = await context.storageState();
  await context.close();
  return storage;
}

/** Who is not signed in is asked to, is told what is wrong, and keeps what was typed. */
export async function refused({ browser, server }) {
  const context = await contextOf(browser);
  const page = await context.newPage();
  watch(page, () => "refused").expect("401");
  await page.goto(`${server.url}/customers?q=x`);
  await settled(page);
  check("refused", page.url().includes("/sign-in?to="), `not sent to the sign-in page: ${page.url()}`);
  await inspect(page, "sign-in");
  await page.screenshot({ path: `${output}sign-in.ja.png` });
  await page.getByLabel("メールアドレス").fill("nobody@example.jp");
  await page.getByLabel("パスワード", { exact: true }).fill("wrong password");
  await page.getByRole("button", { name: "ログイン" }).click();
  await page.getByRole("alert").waitFor();
  check("refused", (await page.getByLabel("メールアドレス").inputValue()) === "nobody@example.jp", "what was typed is gone");
  await page.screenshot({ path: `${output}sign-in-failed.ja.png` });
  await context.close();
}
