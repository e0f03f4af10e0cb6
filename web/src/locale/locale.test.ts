import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { serverTexts } from "../../scripts/texts";

const root = join(import.meta.dirname, "..");
const read = (language: string) => JSON.parse(readFileSync(join(root, `locale/${language}.json`), "utf8")) as Record<string, string>;
const ja = read("ja");
const en = read("en");

/** Without the ending of a plural form: Japanese has one form, English two. */
const bare = (key: string) => key.replace(/_(one|other)$/, "");
const keys = (texts: Record<string, string>) => [...new Set(Object.keys(texts).map((key) => (`${bare(key)}_other` in texts ? bare(key) : key)))].sort();

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sources(path);
    return /\.tsx?$/.test(entry.name) && !/\.test\.|schema\.d\.ts/.test(entry.name) ? [path] : [];
  });
}
const files = sources(root);
const code = files.map((path) => readFileSync(path, "utf8")).join("\n");
const literals = new Set([...code.matchAll(/"([a-z_]+(?:\.[A-Za-z_:-]+)*)"/g)].map((m) => m[1] ?? ""));
/** Keys made of a beginning and a variable. */
const patterns = [...code.matchAll(/`([a-z_]+[._][^`\s]*\$\{[^`]*)`/g)].map((m) => new RegExp(`^${(m[1] ?? "").replaceAll(".", "\\.").replace(/\$\{[^}]*\}/g, "[A-Za-z_:-]+")}$`));
/** Areas whose name is a variable: what shops and sources call their own is looked up in them. */
const areas = /^(channel|purpose|trait|group)\./;

test("both languages have the same keys, sorted", () => {
  expect(keys(en)).toEqual(keys(ja));
  expect(Object.keys(ja)).toEqual(Object.keys(ja).sort());
  expect(Object.keys(en)).toEqual(Object.keys(en).sort());
});

test("both languages fill in the same values", () => {
  const holes = (text: string | undefined) => [...(text ?? "").matchAll(/\{(\w+)\}/g)].map((m) => m[1]).filter((name) => name !== "count" && name !== "n").sort();
  for (const key of keys(ja)) expect(holes(en[key] ?? en[`${key}_other`]), key).toEqual(holes(ja[key]));
});

test("every key used in code exists", () => {
  const known = new Set([...keys(ja), ...Object.keys(serverTexts("ja"))]);
  const used = [...code.matchAll(/\bt(?:ext)?\(\s*"([^"]+)"/g)].map((m) => m[1] ?? "");
  const chosen = [...code.matchAll(/\bt(?:ext)?\([^"`()]*\? "([^"]+)" : "([^"]+)"/g)].flatMap((m) => [m[1] ?? "", m[2] ?? ""]);
  const named = [...literals].filter((key) => /^(room|place)\./.test(key));
  expect([...used, ...chosen, ...named].filter((key) => !known.has(key))).toEqual([]);
});

test("every key is used", () => {
  const unused = keys(ja).filter((key) => !literals.has(key) && !areas.test(key) && !patterns.some((p) => p.test(key)));
  expect(unused).toEqual([]);
});

test("whatever is recorded has a name in the audit log", () => {
  const { paths } = JSON.parse(readFileSync(join(root, "../../docs/openapi.json"), "utf8")) as { paths: Record<string, Record<string, { operationId: string; "x-recorded"?: boolean }>> };
  const recorded = Object.values(paths).flatMap((methods) => Object.values(methods)).filter((operation) => operation["x-recorded"]);
  expect(recorded.length).toBeGreaterThan(30);
  expect(recorded.map((operation) => `audit.${operation.operationId}`).filter((key) => !(key in ja))).toEqual([]);
});

test("no Japanese text stands in code", () => {
  // Units of the language itself, in one place, and the names of the languages.
  const allowed = new Set(["ui/format.ts", "features/settings/profile/page.tsx"]);
  const found = files.filter((path) => {
    if (allowed.has(path.slice(root.length + 1))) return false;
    const bare = readFileSync(path, "utf8").replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "");
    return /[\u3040-\u30ff\u4e00-\u9fff]/.test(bare);
  });
  expect(found.map((path) => path.slice(root.length + 1))).toEqual([]);
});
