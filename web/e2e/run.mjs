// Starts a demo, walks through every page and plays the stories. Anything odd fails.
//   HITORI_BIN=../hitori npm run e2e
import { launch, fault, faults } from "./browser.mjs";
import { enter } from "./enter.mjs";
import { walkAs } from "./roles.mjs";
import { startDemo } from "./server.mjs";
import { stories } from "./stories.mjs";
import { walk } from "./walk.mjs";

const begun = Date.now();
const seconds = () => `${Math.round((Date.now() - begun) / 1000)} s`;
const server = await startDemo();
const browser = await launch();
try {
  const storage = await enter(browser, server);
  if (!process.env.STORIES_ONLY && !process.env.ROLES_ONLY) await walk(browser, server, storage);
  if (!process.env.STORIES_ONLY && !process.env.LOOKS_ONLY) {
    for (const role of ["analyst", "viewer"]) {
      await walkAs(browser, server, role).catch((error) => fault(role, error.stack));
      console.log(`walked as ${role} (${seconds()})`);
    }
  }
  if (!process.env.WALK_ONLY) {
    for (const [name, story] of Object.entries(stories)) {
      if (process.env.STORY && process.env.STORY !== name) continue;
      const before = faults.length;
      await story(browser, server, storage).catch((error) => fault(name, error.stack));
      console.log(`${faults.length === before ? "✓" : "✗"} ${name} (${seconds()})`);
    }
  }
} finally {
  await browser.close();
  await server.stop();
}
if (faults.length > 0) {
  console.error(`\n${faults.length} faults`);
  process.exit(1);
}
console.log(`no faults after ${seconds()}`);
