import { cleanup } from "@testing-library/react";
import { afterEach, beforeAll } from "vitest";
import { startTexts } from "./locale";

beforeAll(async () => {
  // What the components' library asks of a browser, and the simulated one lacks.
  globalThis.matchMedia = (query: string) =>
    ({ matches: false, media: query, addEventListener: () => undefined, removeEventListener: () => undefined }) as unknown as MediaQueryList;
  await startTexts("ja");
});
afterEach(cleanup);
