import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test, vi } from "vitest";
import { Problem } from "@/api/problem";
import { show } from "@/test-render";
import { Confirm } from "./confirm";

test("what cannot be undone waits for its word", async () => {
  const done = vi.fn();
  show(
    <Confirm opened title="削除しますか" action="削除する" word="削除" onConfirm={done} onClose={() => undefined}>
      1人
    </Confirm>,
  );
  const button = screen.getByRole("button", { name: "削除する" });
  expect(button.hasAttribute("disabled")).toBe(true);
  await userEvent.type(screen.getByRole("textbox"), "削除");
  await userEvent.click(button);
  expect(done).toHaveBeenCalledOnce();
});

test("what the server refused stands in the dialog", () => {
  show(
    <Confirm opened title="t" action="a" error={new Problem({ title: "ほかの人が変更しました", status: 409, key: "changed_meanwhile" })} onConfirm={() => undefined} onClose={() => undefined}>
      x
    </Confirm>,
  );
  expect(screen.getByRole("alert").textContent).toContain("ほかの人が変更しました");
});
