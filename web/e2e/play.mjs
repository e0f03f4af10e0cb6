// How stories are played: a signed-in page, buttons by their names, and events sent as a shop sends them.
import { contextOf, output, watch } from "./browser.mjs";

/** Opens a signed-in page in Japanese and plays a story on it. */
export async function play(name, { browser, server, storage }, story, options = {}) {
  const context = await contextOf(browser, { storageState: storage, acceptDownloads: true, permissions: ["clipboard-read", "clipboard-write"], ...options });
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

/** Asks the API as an administrator. */
export async function ask(server, method, path, body) {
  const answer = await fetch(server.url + path, { method, headers: { Authorization: `Bearer ${server.key}`, "Content-Type": "application/json" }, ...(body ? { body: JSON.stringify(body) } : {}) });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return answer.status === 204 ? undefined : answer.json();
}

/** Opens the page of events as they come in, with none on it: the server still tells those of the minute before. */
export async function openLive(page, server) {
  await page.goto(`${server.url}/data/live`);
  const clear = button(page, "表示を消す");
  const none = page.getByText("イベントを待っています");
  await none.or(page.getByRole("main").getByRole("listitem").first()).waitFor();
  if (await clear.isEnabled()) await clear.click();
  await none.waitFor();
}

export async function until(what, happened, tries = 300) {
  for (let i = 0; i < tries; i++) {
    if (await happened()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${what} did not happen`);
}

export const known = (server, id) => async () => (await fetch(`${server.url}/api/v1/customers/user_id:${id}`, { headers: { Authorization: `Bearer ${server.key}` } })).ok;
