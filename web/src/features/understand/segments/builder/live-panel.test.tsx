import { screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { show } from "@/test-render";
import type { Live } from "./live";
import { LivePanel } from "./live-panel";

const live = (preview: Partial<Live["preview"]>): Live => ({
  preview: { size: 12_345, everybody: 987_654, sentence: "", took_ms: 1, sample: [], ...preview },
  old: false,
  asked: true,
  marks: new Map(),
  problem: undefined,
});

test("a counted size is told whole, an estimate to three figures and as what it is", () => {
  const { again } = show(<LivePanel live={live({})} skipped={0} />);
  expect(screen.getByRole("status").textContent).toContain("12,345人");
  expect(screen.getByRole("status").textContent).not.toContain("約");
  again(<LivePanel live={live({ estimated: true })} skipped={0} />);
  expect(screen.getByRole("status").textContent).toContain("約12,300人");
  expect(screen.queryByText(/見積もった人数です/)).not.toBeNull();
});

test("that the part which was asked has nobody does not say that nobody meets the rule", () => {
  const { again } = show(<LivePanel live={live({ size: 0 })} skipped={0} />);
  expect(screen.queryByText(/当てはまる人はいません/)).not.toBeNull();
  again(<LivePanel live={live({ size: 0, estimated: true })} skipped={0} />);
  expect(screen.queryByText(/当てはまる人はいません/)).toBeNull();
});
