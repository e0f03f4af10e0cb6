// The ways in: the link of the demo, the sign-in page and what it says when one may not.
import { mkdir } from "node:fs/promises";
import { check, inspect, settled, watch } from "./browser.mjs";

const output = new URL("./output/", import.meta.url).pathname;

/** Follows the demo's link and returns what the browser then knows. */
export async function enter(browser, server) {
  await mkdir(output, { recursive: true });
  const context = await browser.newContext({ locale: "ja-JP", viewport: { width: 1280, height: 860 } });
  const page = await context.newPage();
  const watcher = watch(page, () => "enter");
  watcher.expect("401");
  await page.goto(`${server.url}/customers?q=x`);
  await settled(page);
  check("enter", page.url().includes("/sign-in?to="), `not sent to the sign-in page: ${page.url()}`);
  await inspect(page, "sign-in");
  await page.screenshot({ path: `${output}sign-in.ja.png` });
  await page.getByLabel("メールアドレス").fill("nobody@example.jp");
  await page.getByLabel("パスワード", { exact: true }).fill("wrong password");
  await page.getByRole("button", { name: "ログイン" }).click();
  await page.getByRole("alert").waitFor();
  check("enter", (await page.getByLabel("メールアドレス").inputValue()) === "nobody@example.jp", "what was typed is gone");
  await page.screenshot({ path: `${output}sign-in-failed.ja.png` });

  await page.goto("about:blank");
  const begun = Date.now();
  await page.goto(server.link);
  await page.getByRole("heading", { level: 1 }).filter({ hasText: "こんにちは" }).waitFor();
  console.log(`signed in through the link after ${Date.now() - begun} ms`);
  check("enter", !page.url().includes("token"), "the secret stays in the address");
  watcher.done();
  const storage = await context.storageState();
  await context.close();
  return storage;
}
