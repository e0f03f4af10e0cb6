import { currentLanguage } from "@/locale";
import { Problem, readProblem, unreachable } from "@/api/problem";
import type { Upload } from "@/api/types";

/** Sends a file and tells how far it is: from 0 to 1. */
export function upload(file: File, progress: (share: number) => void, signal: AbortSignal): Promise<Upload> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", `/api/v1/uploads?name=${encodeURIComponent(file.name)}`);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.setRequestHeader("Accept-Language", currentLanguage());
    request.upload.onprogress = (event) => progress(event.total > 0 ? event.loaded / event.total : 0);
    request.onerror = () => reject(unreachable());
    request.onabort = () => reject(new Problem({ title: "", status: 0, key: "aborted" }));
    request.onload = () => {
      const response = new Response(request.responseText, { status: request.status });
      if (request.status >= 300) void readProblem(response).then(reject);
      else resolve(JSON.parse(request.responseText) as Upload);
    };
    signal.addEventListener("abort", () => request.abort());
    request.send(file);
  });
}
