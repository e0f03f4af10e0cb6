import { Fragment, type ReactNode } from "react";
import { useText } from "@/locale";
import css from "./builder.module.css";

/** A sentence with controls in it, in the order in which the language has them. */
export function Says({ text, slots }: { text: string; slots: Record<string, ReactNode> }) {
  const { t } = useText();
  const bar = "\u0001";
  const parts = t(text, Object.fromEntries(Object.keys(slots).map((name) => [name, bar + name + bar]))).split(bar);
  return parts.map((part, i) =>
    i % 2 === 1 ? (
      <Fragment key={part}>{slots[part]}</Fragment>
    ) : part.trim() ? (
      <span key={`text${i}`} className={css.word}>
        {part.trim()}
      </span>
    ) : null,
  );
}
