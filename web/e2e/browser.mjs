// The browser, and what no page may do: complain, break, scroll sideways, show keys, or shut anybody out.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const keys = new Set(Object.keys(JSON.parse(await readFile(new URL("../src/locale/ja.json", import.meta.url), "utf8"))));

/** Where pictures are kept. */
export const output = new URL("./output/", import.meta.url).pathname;

export const launch = () =>
  chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
      "--disable-sync", "--lang=ja",
    ],
  });

/** A context as a user in Japan has it. Nothing slides, so that nothing need be waited for. */
export const contextOf = (browser, options = {}) =>
  browser.newContext({ locale: "ja-JP", timezoneId: "Asia/Tokyo", viewport: { width: 1280, height: 860 }, reducedMotion: "reduce", ...options });

/** What went wrong, with where. */
export const faults = [];
export function fault(where, what) {
  faults.push(`${where}: ${what}`);
  console.error(`  ✗ ${where}: ${what}`);
}

export function check(where, ok, what) {
  if (!ok) fault(where, what);
}

const watched = new WeakMap();

/** Watches a page: whatever the console or the network complains about is a fault. */
export function watch(page, where) {
  const expected = new Set();
  const underWay = new Set();
  watched.set(page, underWay);
  page.on("request", (request) => underWay.add(request));
  page.on("requestfinished", (request) => underWay.delete(request));
  page.on("requestfailed", (request) => underWay.delete(request));
  page.on("framenavigated", (frame) => frame === page.mainFrame() && underWay.clear());
  page.on("console", (message) => {
    if (message.type() !== "error") return;
    const text = `${message.text()} ${message.location().url}`;
    if (![...expected].some((part) => text.includes(part))) fault(where(), `console: ${text}`);
  });
  page.on("pageerror", (error) => fault(where(), `error: ${error.message}`));
  page.on("dialog", (dialog) => {
    fault(where(), `dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("response", (response) => {
    if (response.status() >= 500) fault(where(), `${response.status()} ${response.url()}`);
  });
  return { expect: (text) => expected.add(text), done: () => expected.clear() };
}

/** Waits until the page has what it asked for: nothing under way and nothing busy, twice. */
export async function settled(page) {
  await page.waitForLoadState("load");
  const underWay = watched.get(page);
  const end = Date.now() + 15_000;
  for (let quiet = 0; quiet < 2; ) {
    const calm = await page.evaluate(
      () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve(!document.querySelector('[aria-busy="true"]') && !!document.querySelector("h1"))))),
    );
    quiet = calm && underWay.size === 0 ? quiet + 1 : 0;
    if (Date.now() > end) throw new Error(`${page.url()} does not come to rest: ${[...underWay].map((request) => request.url()).join(", ") || "something is busy"}`);
  }
}

/** Goes to another page within the app, as a link does, and waits for it. */
export async function go(page, path) {
  await page.evaluate(
    (to) =>
      new Promise((resolve) => {
        const router = globalThis.__TSR_ROUTER__;
        const stop = router.subscribe("onRendered", () => {
          stop();
          resolve();
        });
        router.history.push(to);
      }),
    path,
  );
  await settled(page);
}

/** Looks for what no page may have: keys instead of texts, a bar to scroll sideways, and barriers. */
export async function inspect(page, where, { barriers = true } = {}) {
  const { text, wide } = await page.evaluate(() => ({
    text: document.body.innerText + [...document.querySelectorAll("[aria-label],[placeholder],[title]")].map((e) => ["aria-label", "placeholder", "title"].map((name) => e.getAttribute(name) ?? "").join(" ")).join("\n"),
    wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
  }));
  for (const [word] of text.matchAll(/[a-z_]+\.[a-z_.:]+/g)) if (keys.has(word)) fault(where, `untranslated ${word}`);
  check(where, wide <= 1, `scrolls sideways by ${wide} px`);
  if (!barriers) return;
  if (!(await page.evaluate(() => "axe" in globalThis))) {
    // What is off the screen is not laid out; the checks below measure it.
    await page.addStyleTag({ content: "* { content-visibility: visible !important; }" });
    await page.evaluate(axe);
  }
  const found = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"], runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }));
  for (const violation of found.violations) {
    const nodes = violation.nodes.slice(0, 3).map((node) => `${node.target.join(" ")} ${node.any[0]?.message ?? ""}`);
    fault(where, `axe ${violation.id} (${violation.nodes.length}): ${nodes.join(" | ")}`);
  }
}
