import { useSyncExternalStore } from "react";

type Listener = () => void;

const listeners = new Set<Listener>();
let lost = false;
let timer: ReturnType<typeof setTimeout> | undefined;
const recovered = new Set<Listener>();

function tell(): void {
  for (const listener of listeners) listener();
}

/** Called by every request that did not reach the server. Asks until it answers again. */
export function connectionLost(): void {
  if (lost) return;
  lost = true;
  tell();
  schedule(1000);
}

function schedule(wait: number): void {
  clearTimeout(timer);
  timer = setTimeout(() => void ask(wait), wait);
}

async function ask(wait: number): Promise<void> {
  try {
    const answer = await fetch("/healthz", { cache: "no-store" });
    if (!answer.ok) throw new Error(answer.statusText);
  } catch {
    schedule(Math.min(wait * 1.5, 10_000));
    return;
  }
  connectionFound();
}

/** Called by every request that did reach it. */
export function connectionFound(): void {
  if (!lost) return;
  clearTimeout(timer);
  lost = false;
  tell();
  for (const listener of recovered) listener();
}

/** Tries at once instead of waiting. */
export function retryConnection(): void {
  if (lost) schedule(0);
}

/** Calls back whenever the server can be reached again. */
export function onRecovered(listener: Listener): () => void {
  recovered.add(listener);
  return () => recovered.delete(listener);
}

globalThis.addEventListener("online", retryConnection);
globalThis.addEventListener("offline", connectionLost);

export function useConnectionLost(): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => lost,
  );
}
