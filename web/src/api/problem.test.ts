import { expect, test } from "vitest";
import { asProblem, faultsByField, Problem, readProblem } from "./problem";

test("reads a problem document", async () => {
  const body = { title: "誤りがあります", key: "request_invalid", code: "invalid", errors: [{ field: "body.name", detail: "短すぎます" }, { field: "body.name", detail: "二つ目" }] };
  const problem = await readProblem(new Response(JSON.stringify(body), { status: 400, headers: { "Retry-After": "3" } }));
  expect([problem.message, problem.status, problem.key, problem.retryAfter]).toEqual(["誤りがあります", 400, "request_invalid", 3]);
  expect(faultsByField(problem)).toEqual({ name: "短すぎます" });
});

test("a proxy's page is a problem too", async () => {
  const problem = await readProblem(new Response("<html>Bad gateway</html>", { status: 500 }));
  expect(problem.message).toContain("500");
});

test("whatever is thrown can be shown", () => {
  expect(asProblem(new TypeError("x is undefined")).message).toContain("x is undefined");
  const problem = new Problem({ title: "t", status: 1, key: "k", field: "email" });
  expect(asProblem(problem)).toBe(problem);
  expect(faultsByField(problem)).toEqual({ email: "t" });
});

test.each(["Failed to fetch dynamically imported module: https://x/assets/page-1.js", "error loading dynamically imported module", "Importing a module script failed.", "Unable to preload CSS for /assets/a.css"])(
  "what a browser says of a page it could not fetch is told in our words: %s",
  (message) => {
    expect(asProblem(new TypeError(message)).key).toBe("unloaded");
  },
);
