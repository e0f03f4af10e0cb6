import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "vite";

/**
 * The server's texts that screens show too (names of events, fields of imports, reasons, analyses):
 * they are written once, in the server's files.
 */
const groups = ["analysis", "conflict", "event", "guess", "import", "kind", "problem", "reject", "rfm", "stage", "warning"];

export function serverTexts(language: string): Record<string, string> {
  const file = join(import.meta.dirname, `../../locale/${language}.json`);
  const all = JSON.parse(readFileSync(file, "utf8")) as Record<string, string>;
  return Object.fromEntries(Object.entries(all).filter(([key]) => groups.includes(key.split(".")[0] ?? "")));
}

/** Serves them as the modules `virtual:texts/ja` and `virtual:texts/en`. */
export function textsPlugin(): Plugin {
  return {
    name: "hitori-texts",
    resolveId: (id) => (id.startsWith("virtual:texts/") ? "\0" + id : undefined),
    load(id) {
      if (!id.startsWith("\0virtual:texts/")) return undefined;
      return `export default ${JSON.stringify(serverTexts(id.slice("\0virtual:texts/".length)))}`;
    },
  };
}
