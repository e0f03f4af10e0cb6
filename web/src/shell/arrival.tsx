import { VisuallyHidden } from "@mantine/core";
import { useEffect, useRef, useState } from "react";

/** Tells those who do not see it that another page is there, and keeps the focus on the page. */
export function Arrival({ path }: { path: string }) {
  const [title, setTitle] = useState("");
  const before = useRef(path);
  useEffect(() => {
    const watcher = new MutationObserver(() => setTitle(document.title));
    const element = document.querySelector("title");
    if (element) watcher.observe(element, { childList: true });
    return () => watcher.disconnect();
  }, []);
  useEffect(() => {
    if (before.current === path) return;
    before.current = path;
    // What had the focus went with its page: a row, a button. A link of the menu stays and keeps it.
    if (document.activeElement === document.body) document.getElementById("content")?.focus({ preventScroll: true });
  }, [path]);
  return <VisuallyHidden aria-live="polite">{title}</VisuallyHidden>;
}
