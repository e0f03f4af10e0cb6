// How stories are played: a signed-in page, buttons by their names, and events sent as a shop sends them.
import { watch } from "./browser.mjs";

export const output = new URL("./output/", import.meta.url).pathname;

/** Opens a signed-in page in Japanese and plays a story on it. */
export async function play(name, browser, storage, server, story, options = {}) {
  const context = await browser.newContext({ storageState: storage, viewport: { width: 1280, height: 860 }, locale: "ja-JP", timezoneId: "Asia/Tokyo", acceptDownloads: true, permissions: ["clipboard-read", "clipboard-write"], ...options });
  await context.request.patch(`${server.url}/api/v1/session`, { data: { language: "ja", theme: "light" }, headers: { Origin: server.url } });
  const page = await context.newPage();
  const watcher = watch(page, () => name);
  const shot = (step) => page.screenshot({ path: `${output}story-${name}-${step}.png` });
  try {
    await story(page, { context, watcher, shot, where: name });
  } catch (error) {
    await shot("failed");
    throw error;
  } finally {
    await context.close();
  }
}

export const button = (page, name) => page.getByRole("button", { name, exact: true });

export async function send(server, type, body) {
  const answer = await fetch(`${server.url}/v1/${type}`, { method: "POST", headers: { Authorization: `Basic ${btoa(`${server.writeKey}:`)}`, "Content-Type": "application/json" }, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${type}: ${answer.status} ${await answer.text()}`);
}

export async function until(what, ask, tries = 80) {
  for (let i = 0; i < tries; i++) {
    if (await ask()) return;
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
  throw new Error(`${what} did not happen`);
}

export const known = (server, id) => async () => (await fetch(`${server.url}/api/v1/customers/user_id:${id}`, { headers: { Authorization: `Bearer ${server.key}` } })).ok;
