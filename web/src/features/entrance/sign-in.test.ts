import { expect, test } from "vitest";
import { safeTarget } from "./sign-in";

test.each([
  ["/customers?q=x", "/customers?q=x"],
  [undefined, "/"],
  ["https://evil.example/", "/"],
  ["//evil.example/", "/"],
  ["/\\evil.example", "/"],
  ["javascript:alert(1)", "/"],
  ["customers", "/"],
])("after signing in, %s leads to %s", (to, target) => {
  expect(safeTarget(to)).toBe(target);
});
