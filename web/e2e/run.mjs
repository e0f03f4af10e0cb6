// Walks through every page and plays the stories, in as many lanes as there are processors, each with
// a demo of its own. Anything odd fails.
//   HITORI_BIN=../bin/hitori npm run e2e [-- NAME…]
import { mkdir, rm } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { launch, fault, faults, output } from "./browser.mjs";
import { enter, refused } from "./enter.mjs";
import { firstData } from "./first-data.mjs";
import { figures } from "./figures.mjs";
import { provider } from "./provider.mjs";
import { walkAs } from "./roles.mjs";
import { senders } from "./senders.mjs";
import { startDemo } from "./server.mjs";
import { stories } from "./stories.mjs";
import { walk } from "./walk.mjs";

/** Long ones first, and those who count on the demo as it was made before those who change it. */
const jobs = { "walk-ja": walk("ja"), "walk-en": walk("en"), analyst: walkAs("analyst"), viewer: walkAs("viewer"), refused, provider, "first-data": firstData, ...senders, ...stories };

const begun = Date.now();
const wanted = process.argv.slice(2);
const chosen = (all) => Object.entries(all).filter(([name]) => wanted.length === 0 || wanted.includes(name));
const queue = chosen(jobs);
const alone = chosen({ figures });
if (wanted.length === 0) await rm(output, { recursive: true, force: true }); // what is there is of this run
await mkdir(output, { recursive: true });
const browser = await launch();
const lanes = [];

/** Plays a job and says how long it took. */
async function play([name, job], lane) {
  const before = Date.now();
  await job({ browser, ...lane }).catch((error) => fault(name, error.stack));
  console.log(`${name} (${((Date.now() - before) / 1000).toFixed(1)} s)`);
}

/** One after the other, until none is left. */
async function run() {
  const server = await startDemo();
  const lane = { server, storage: await enter(browser, server) };
  lanes.push(lane);
  for (let job = queue.shift(); job; job = queue.shift()) await play(job, lane);
}

try {
  await Promise.all(Array.from({ length: Math.min(4, availableParallelism()) }, run));
  // What is measured has the machine for itself.
  for (const job of alone) await play(job, lanes[0]);
} finally {
  await browser.close();
  await Promise.all(lanes.map(({ server }) => server.stop()));
}
const seconds = Math.round((Date.now() - begun) / 1000);
if (faults.length > 0) {
  console.error(`\n${faults.length} faults after ${seconds} s:\n${faults.join("\n")}`);
  process.exit(1);
}
if (wanted.length > 0) console.log(`only a part was tested: ${wanted.join(", ")}`);
console.log(`no faults after ${seconds} s`);
