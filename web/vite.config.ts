import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";
import { textsPlugin } from "./scripts/texts.ts";

/** Where `npm run dev` finds the server. */
const server = process.env.HITORI_URL ?? "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [react(), textsPlugin()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  build: {
    target: "es2022",
    manifest: true,
    assetsInlineLimit: 0, // the Content-Security-Policy allows no data: scripts, and few data: images
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 900,
    rolldownOptions: {
      // What every page needs is one file: a dozen small ones are asked for one by one, and cost more than they weigh.
      output: { codeSplitting: { groups: [{ name: "shell", test: /src\/router\.tsx$/ }] } },
    },
  },
  server: { proxy: { "/api": server, "/v1": server, "/healthz": server } },
  test: {
    environment: "happy-dom",
    include: ["src/**/*.test.{ts,tsx}"],
    setupFiles: ["src/test-setup.ts"],
    css: false,
    restoreMocks: true,
  },
});
