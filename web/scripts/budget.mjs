// Fails the build when the script that the first page needs is above its budget.
import { readFileSync, rmSync } from "node:fs";
import { gzipSync } from "node:zlib";

const budget = 300 * 1000; // bytes, gzipped
const dist = new URL("../dist/", import.meta.url);
const manifest = JSON.parse(readFileSync(new URL(".vite/manifest.json", dist), "utf8"));

const seen = new Set();
/** Adds a chunk and what it imports statically. */
function add(key) {
  const chunk = manifest[key];
  if (!chunk || seen.has(chunk.file)) return;
  seen.add(chunk.file);
  for (const next of chunk.imports ?? []) add(next);
}
add("index.html");
// What the first page loads right after: the texts of one language, the page and the numbers on it.
for (const key of Object.keys(manifest)) {
  if (/virtual:texts\/ja|locale\/ja\.json|home\/(page|shop)\.tsx/.test(key)) add(key);
}
let total = 0;
for (const file of seen) {
  const size = gzipSync(readFileSync(new URL(file, dist)), { level: 9 }).length;
  total += size;
  console.log(`${(size / 1000).toFixed(1).padStart(8)} kB  ${file}`);
}
console.log(`${(total / 1000).toFixed(1).padStart(8)} kB  first load, gzipped (budget ${budget / 1000} kB)`);
if (total > budget) {
  console.error("The first load is above its budget.");
  process.exit(1);
}
// The list of files was for this check; the program does not serve it.
rmSync(new URL(".vite", dist), { recursive: true });
