// Starts a demo, walks through every page and plays the stories. Anything odd fails.
//   HITORI_BIN=../hitori npm run e2e
import { launch, fault, faults } from "./browser.mjs";
import { enter } from "./enter.mjs";
import { startDemo } from "./server.mjs";
import { stories } from "./stories.mjs";
import { walk } from "./walk.mjs";

const server = await startDemo();
const browser = await launch();
try {
  const storage = await enter(browser, server);
  if (!process.env.STORIES_ONLY) await walk(browser, server, storage);
  if (!process.env.WALK_ONLY) {
    for (const [name, story] of Object.entries(stories)) {
      if (process.env.STORY && process.env.STORY !== name) continue;
      const before = faults.length;
      await story(browser, server, storage).catch((error) => fault(name, error.stack));
      console.log(`${faults.length === before ? "✓" : "✗"} ${name}`);
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
console.log("no faults");
