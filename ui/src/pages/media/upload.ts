/** Uploading with progress, which fetch cannot tell. */
import { ApiError, errorOf, linkTo, OFFLINE } from "~/api/http";

export const MOST_BYTES = 5 * 1024 * 1024;
const KNOWN = /\.(wav|mp3)$/i;

/** Why a file would be refused, before it travels; null when it looks good. */
export function whyRefused(file: { name: string; size: number }): "kind" | "size" | "empty" | null {
  if (!KNOWN.test(file.name)) return "kind";
  if (file.size === 0) return "empty";
  return file.size > MOST_BYTES ? "size" : null;
}

export function upload(file: File, onProgress: (part: number) => void, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const sent = new XMLHttpRequest();
    const form = new FormData();
    form.append("file", file);
    sent.open("POST", linkTo("/storage/media"));
    sent.upload.onprogress = (event) => event.lengthComputable && onProgress(event.loaded / event.total);
    sent.onload = () => {
      if (sent.status === 200) resolve();
      else void errorOf(new Response(sent.responseText, { status: sent.status })).then(reject);
    };
    sent.onerror = () => reject(new ApiError(0, OFFLINE, ""));
    sent.onabort = () => reject(new DOMException("aborted", "AbortError"));
    signal.addEventListener("abort", () => sent.abort());
    sent.send(form);
  });
}
