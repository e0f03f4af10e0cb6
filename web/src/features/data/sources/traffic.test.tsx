import { screen } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import type { Source } from "@/api/types";
import { show } from "@/test-render";
import { Traffic } from "./traffic";

const source = (kind: string): Source => ({ id: 7, name: "web", kind, created_at: "2026-01-01T00:00:00Z" });
const ago = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();
const silent = { id: "silent:7", kind: "source_silent", text: "毎日届いていた「web」からのデータが、24時間以上届いていません。", severity: "error", time: ago(1), link: "/data/sources", read: false };

/** What the server says about the traffic of source 7 and one other. */
function answer(last: string | undefined, notifications: unknown[] = []) {
  const traffic = [{ source: 3, events: 9, last: ago(0) }, ...(last ? [{ source: 7, events: 1234, last }] : [])];
  vi.spyOn(globalThis, "fetch").mockImplementation((request) => {
    const { pathname } = new URL((request as Request).url);
    return Promise.resolve(Response.json(pathname.endsWith("/traffic") ? { traffic } : { notifications, unread: notifications.length, complete: true }));
  });
}

test("tells how much came and when the last of it did", async () => {
  answer(ago(2.5));
  show(<Traffic source={source("sdk")} />);
  expect(await screen.findByText("1,234件")).toBeTruthy();
  expect(screen.getByText("(一昨日)")).toBeTruthy();
  expect(screen.queryByText(/届いていません/)).toBeNull();
});

test("a source that has gone quiet is told with what to do", async () => {
  answer(ago(2), [{ ...silent, id: "silent:8" }, silent]);
  show(<Traffic source={source("sdk")} />);
  expect((await screen.findByText(/24時間以上届いていません/)).textContent).toContain("送る側の設定やキー");
});

test("a source long out of use is told, a file is not", async () => {
  answer(ago(31));
  show(<Traffic source={source("sdk")} />);
  expect(await screen.findByText(/30日以上届いていません/)).toBeTruthy();
  const { container } = show(<Traffic source={source("import")} />);
  await vi.waitFor(() => expect(container.textContent).toContain("1,234件"));
  expect(container.textContent).not.toContain("届いていません");
});

test("nothing has come yet", async () => {
  answer(undefined);
  show(<Traffic source={source("sdk")} />);
  expect(await screen.findByText("まだ届いていません")).toBeTruthy();
});
