import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const texts = JSON.parse(await readFile(new URL("../src/locale/ja.json", import.meta.url), "utf8"));
const keys = new Set(Object.keys(texts));

export const launch = () =>
  chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
      "--disable-sync",
    ],
  });

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
  watched.set(page, { underWay });
  page.on("request", (request) => underWay.add(request));
  page.on("requestfinished", (request) => underWay.delete(request));
  page.on("requestfailed", (request) => underWay.delete(request));
  page.on("framenavigated", (frame) => frame === page.mainFrame() && underWay.clear());
  page.on("console", (message) => {
    if (message.type() !== "error") return;
    if ([...expected].some((text) => message.text().includes(text))) return;
    fault(where(), `console: ${message.text()} ${message.location().url}`);
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

/** Waits until the page has what it asked for: nothing under way for a moment, and nothing busy. */
export async function settled(page) {
  await page.waitForLoadState("load");
  const { underWay } = watched.get(page);
  const end = Date.now() + 10_000;
  for (let quiet = 0; quiet < 3 && Date.now() < end; quiet++) {
    await page.waitForTimeout(50);
    if (underWay.size > 0 || (await page.evaluate(() => !!document.querySelector('[aria-busy="true"]') || !document.querySelector("h1")))) quiet = -1;
  }
  await page.waitForTimeout(120); // what slides in has arrived
}

/** Looks for what no page may have: keys instead of texts, a bar to scroll sideways, and barriers. */
export async function inspect(page, where, { barriers = true } = {}) {
  const text = await page.evaluate(() => document.body.innerText + [...document.querySelectorAll("[aria-label],[placeholder],[title]")].map((e) => `\n${e.getAttribute("aria-label") ?? ""} ${e.getAttribute("placeholder") ?? ""} ${e.getAttribute("title") ?? ""}`).join(""));
  for (const [word] of text.matchAll(/[a-z_]+\.[a-z_.:]+/g)) if (keys.has(word)) fault(where, `untranslated ${word}`);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  check(where, wide <= 1, `scrolls sideways by ${wide} px`);
  if (!barriers) return;
  // What is off the screen is not laid out; the checks below measure it.
  await page.addStyleTag({ content: "* { content-visibility: visible !important; }" });
  await page.evaluate(axe);
  const found = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"], runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }));
  for (const violation of found.violations) {
    const nodes = violation.nodes.slice(0, 3).map((node) => `${node.target.join(" ")} ${node.any[0]?.message ?? ""}`);
    fault(where, `axe ${violation.id} (${violation.nodes.length}): ${nodes.join(" | ")}`);
  }
}
