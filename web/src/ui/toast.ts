import { notifications } from "@mantine/notifications";
import { asProblem } from "@/api/problem";
import { text } from "@/locale";

const look = () => ({ withBorder: true, closeButtonProps: { "aria-label": text("action.close") } });

/** Says that something was done. */
export function told(message: string): void {
  notifications.show({ message, color: "ai", autoClose: 5000, ...look() });
}

/** Says that something failed; it stays until it is read. */
export function failed(error: unknown): void {
  const problem = asProblem(error);
  notifications.show({ id: problem.key || undefined, message: problem.message, color: "shu", autoClose: 12_000, role: "alert", ...look() });
}
