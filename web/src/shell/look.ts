import type { MantineColorSchemeManager } from "@mantine/core";
import type { Theme } from "@/api/session";

/** Light or dark, as Mantine calls them. */
export const schemeOf = (theme: Theme): "light" | "dark" | "auto" => (theme === "system" ? "auto" : theme);

let listener: () => void = () => undefined;

/** Keeps the choice on this device, so that the next start has no flash of the other. */
export const schemeManager: MantineColorSchemeManager = {
  get: (fallback) => {
    const kept = localStorage.getItem("scheme");
    return kept === "light" || kept === "dark" || kept === "auto" ? kept : fallback;
  },
  set: (value) => localStorage.setItem("scheme", value),
  // The user's own choice, taken over at sign-in.
  subscribe: (update) => {
    listener = () => update(schemeManager.get("auto"));
    globalThis.addEventListener("scheme", listener);
  },
  unsubscribe: () => globalThis.removeEventListener("scheme", listener),
  clear: () => localStorage.removeItem("scheme"),
};

/** Paper is light, whatever the screen is. */
export function lightOnPaper(): void {
  const root = document.documentElement;
  let before: string | null = null;
  globalThis.addEventListener("beforeprint", () => {
    before = root.getAttribute("data-mantine-color-scheme");
    root.setAttribute("data-mantine-color-scheme", "light");
  });
  globalThis.addEventListener("afterprint", () => before && root.setAttribute("data-mantine-color-scheme", before));
}
