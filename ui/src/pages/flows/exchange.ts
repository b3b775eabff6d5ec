/** Schemas as files: what the site writes, and what it takes back. */

export interface Exported {
  id?: string;
  name: string;
  type: string;
  tags: string[];
  editor: boolean;
  schema: unknown[];
  payload: unknown;
}

export const TYPES = ["voice", "service", "processing", "chat", "default"] as const;
export const TYPE_NAMES: Record<string, string> = { voice: "voice", service: "service", processing: "forms", chat: "chat", default: "none" };

export function fileNameOf(name: string): string {
  return `${name.replace(/[\\/:*?"<>|]/g, "_")}-schema.json`;
}

/** Throws an Error that says what is wrong with the file. */
export function imported(text: string, say: { noJson: string; noSchema: string }): Exported {
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch (error) {
    throw new Error(`${say.noJson} ${error instanceof Error ? error.message : ""}`.trim());
  }
  if (Array.isArray(found)) return { name: "", type: "voice", tags: [], editor: false, schema: found, payload: null };
  const given = (typeof found === "object" && found !== null ? found : {}) as Record<string, unknown>;
  if (!Array.isArray(given["schema"])) throw new Error(say.noSchema);
  const tags = Array.isArray(given["tags"]) ? given["tags"] : [];
  return {
    ...(given["id"] ? { id: String(given["id"]) } : {}),
    name: String(given["name"] ?? ""),
    type: TYPES.includes(given["type"] as never) ? String(given["type"]) : "voice",
    tags: tags.map((tag) => (typeof tag === "string" ? tag : String((tag as { name?: unknown }).name ?? ""))).filter(Boolean),
    editor: given["editor"] === true,
    schema: given["schema"],
    payload: given["payload"] ?? null,
  };
}

export function save(name: string, value: unknown): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([JSON.stringify(value, null, 2)], { type: "application/json" }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
