/** Times of the day and durations as text, and back. */

/** Minutes of the day as `09:00`; 1440 as `24:00`. */
export function clockOf(minutes: number): string {
  return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

/** `9:00`, `09:00` or `900` as minutes of the day; null when it is no time. */
export function minutesOf(text: string): number | null {
  const found = /^(\d{1,2}):?(\d{2})?$/.exec(text.trim());
  if (!found) return null;
  const minutes = Number(found[1]) * 60 + Number(found[2] ?? 0);
  return Number(found[2] ?? 0) < 60 && minutes <= 24 * 60 ? minutes : null;
}

/** Seconds as `hh:mm:ss`; hours may go past 24. */
export function durationOf(seconds: number): string {
  return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

/** `hh:mm:ss`, `mm:ss` or plain seconds; also `1h 30m`, `45s`. Null when it is none of them. */
export function secondsOf(text: string): number | null {
  const plain = text.trim();
  if (/^\d+(:\d{1,2}){0,2}$/.test(plain)) return plain.split(":").reduce((total, part) => total * 60 + Number(part), 0);
  const worded = /^(?:(\d+)\s*h)?\s*(?:(\d+)\s*m)?\s*(?:(\d+)\s*s)?$/i.exec(plain);
  if (!plain || !worded) return null;
  return Number(worded[1] ?? 0) * 3600 + Number(worded[2] ?? 0) * 60 + Number(worded[3] ?? 0);
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}

/** Epoch milliseconds (text on the wire) as a local date and time; empty for none. */
export function instantOf(ms: string | number | undefined, language: string): string {
  if (!ms || ms === "0") return "";
  return new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" }).format(Number(ms));
}

/** Bytes for a person. */
export function sizeOf(bytes: number, language: string): string {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte"];
  const step = Math.min(units.length - 1, bytes > 0 ? Math.floor(Math.log10(bytes) / 3) : 0);
  const format = new Intl.NumberFormat(language, { style: "unit", unit: units[step] ?? "byte", maximumFractionDigits: 1 });
  return format.format(bytes / 1000 ** step);
}
