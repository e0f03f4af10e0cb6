import { request } from "@/api/client";

/** Saves bytes as a file. */
export function save(name: string, content: Blob): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** Fetches a file with the session and saves it; a refusal is thrown as a problem. */
export async function download(path: string, name: string): Promise<void> {
  const response = await request(path);
  save(name, await response.blob());
}
