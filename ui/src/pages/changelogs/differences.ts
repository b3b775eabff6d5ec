/** What changed between two states of a record, field by field. */

export interface Difference {
  field: string;
  before: string;
  after: string;
}

export function differences(before: string | undefined, after: string | undefined): Difference[] {
  const [old, now] = [read(before), read(after)];
  const fields = [...new Set([...Object.keys(old), ...Object.keys(now)])].sort();
  return fields
    .map((field) => ({ field, before: textOf(old[field]), after: textOf(now[field]) }))
    .filter((one) => one.before !== one.after);
}

function read(text: string | undefined): Record<string, unknown> {
  if (!text) return {};
  try {
    const found: unknown = JSON.parse(text);
    return typeof found === "object" && found !== null && !Array.isArray(found) ? (found as Record<string, unknown>) : { "": found };
  } catch {
    return { "": text };
  }
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : value === undefined || value === null ? "" : JSON.stringify(value, null, 1);
}
