/** What the flow language can do, as the service declares it; what blocks look like follows from that. */
import type { Args, Block, Drawing } from "./drawing";

export type FieldType = "text" | "integer" | "number" | "flag" | "any" | "object" | "list" | "map" | "steps";
export interface Field {
  name: string;
  type: FieldType;
  help?: string;
  required?: boolean;
  default?: unknown;
  example?: unknown;
  choices?: string[];
  /** A noun whose records it names. */
  lookup?: string;
  unit?: string;
  secret?: boolean;
  sets?: boolean;
  raw?: boolean;
  item?: Omit<Field, "name">;
  fields?: Field[];
}
export interface Application {
  name: string;
  group: string;
  kinds: string[];
  help: string;
  fields: Field[];
  /** For applications whose argument is one value instead of named ones. */
  whole: Omit<Field, "name"> | null;
  ports: { label: string; path: string }[];
  ends: boolean;
  outside: boolean;
}
export type Catalogue = ReadonlyMap<string, Application>;

export interface Port {
  id: string;
  label: string;
}

export const OUT = "out";
export const FAILOVER = "failover";
const NO_BLOCK = new Set(["start"]);
/** Ends declarations: nothing comes after them unless a wire leads to them. */
const DECLARES = new Set(["function", "trigger"]);

export function catalogueOf(applications: Application[]): Catalogue {
  return new Map(applications.map((application) => [application.name, application]));
}

/** Those that a schema of this type may have; a type of its own kind knows all. */
export function offered(catalogue: Catalogue, type: string): Application[] {
  const known = [...catalogue.values()].filter((one) => !NO_BLOCK.has(one.name));
  return type === "voice" || type === "service" ? known.filter((one) => one.kinds.includes(type)) : known;
}

const WORDS: Record<string, string> = {
  tts: "Text to speech", js: "JavaScript", sql: "SQL", mq: "Message queue", httpRequest: "HTTP request", markIVR: "Mark IVR",
  sendDtmf: "Send DTMF", flushDtmf: "Flush DTMF", updateCid: "Update CID", unSet: "Unset", sipRedirect: "SIP redirect",
};

export function titleOf(app: string): string {
  const words = WORDS[app] ?? app.replace(/([a-z])([A-Z])/g, (_, end: string, next: string) => `${end} ${next.toLowerCase()}`);
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** The outputs of a block as it stands, Out first. */
export function portsOf(catalogue: Catalogue, block: Block): Port[] {
  if (block.app === "start") return [{ id: OUT, label: "Out" }];
  const application = catalogue.get(block.app);
  const found = (application?.ports ?? [{ label: "Out", path: "" }, { label: "Failover", path: "limit.failover" }]).flatMap(
    ({ label, path }): Port[] => {
      if (path === "") return [{ id: OUT, label }];
      if (path === "limit.failover") return block.meta?.["limit"] ? [{ id: FAILOVER, label }] : [];
      return expanded(block.args, path, label);
    },
  );
  if (block.app === "goto") found.unshift({ id: "goto", label: "Goto" });
  if (DECLARES.has(block.app) && !found.some((port) => port.id === OUT)) return found;
  return found.sort((a, b) => Number(b.id === OUT) - Number(a.id === OUT));
}

/** `case.*` with every key that is there, `timers[].actions` with every index. */
function expanded(args: unknown, path: string, label: string): Port[] {
  const star = /^(.+)\.\*$/.exec(path);
  if (star?.[1]) return keysAt(args, star[1]).map((key) => ({ id: `${star[1]}.${key}`, label: key }));
  const list = /^(.+)\[\](.*)$/.exec(path);
  if (list?.[1]) {
    const rows = valueOf(args, list[1]);
    return Array.isArray(rows) ? rows.map((_, at) => ({ id: `${list[1]}[${at}]${list[2]}`, label: `${label} ${at + 1}` })) : [];
  }
  return [{ id: path, label }];
}

function keysAt(args: unknown, name: string): string[] {
  const found = valueOf(args, name);
  return typeof found === "object" && found !== null && !Array.isArray(found) ? Object.keys(found) : [];
}

/** Names of arguments match in any case. */
export function keyOf(args: unknown, name: string): string {
  if (typeof args !== "object" || args === null) return name;
  return Object.keys(args).find((key) => key.toLowerCase() === name.toLowerCase()) ?? name;
}

export function valueOf(args: unknown, name: string): unknown {
  return typeof args === "object" && args !== null ? (args as Args)[keyOf(args, name)] : undefined;
}

/** The same arguments with one changed; `undefined` takes it away. */
export function withValue(args: unknown, name: string, value: unknown): Args {
  const now: Args = typeof args === "object" && args !== null && !Array.isArray(args) ? { ...(args as Args) } : {};
  const key = keyOf(now, name);
  if (value === undefined) delete now[key];
  else now[key] = value;
  return now;
}

/** What a new block starts with: the parts without which it has no outputs. */
export function firstArgs(application: Application | undefined): unknown {
  if (!application || application.whole) return application?.whole?.type === "map" ? {} : application?.whole?.type === "list" ? [] : "";
  if (application.name === "switch") return { variable: "", case: { "1": [], default: [] } };
  return {};
}

/** One line that says what the block does, such as the sounds it plays. */
export function summaryOf(block: Block): string {
  if (block.description) return block.description;
  const { args } = block;
  if (typeof args === "string" || typeof args === "number") return String(args);
  const files = valueOf(args, "files");
  if (Array.isArray(files)) return files.map(soundOf).join(", ");
  for (const name of ["expression", "variable", "text", "url", "name", "setVar", "message", "status"]) {
    const value = valueOf(args, name);
    if (typeof value === "string" && value) return value;
  }
  if (Array.isArray(args)) return args.map(String).join(", ");
  if (args && typeof args === "object") {
    return Object.entries(args).filter(([, value]) => typeof value !== "object").map(([key, value]) => `${key} = ${value}`).join(", ");
  }
  return "";
}

function soundOf(file: unknown): string {
  const name = valueOf(file, "name") ?? valueOf(file, "id") ?? "";
  const type = valueOf(file, "type");
  if (type === "silence") return `${name} ms`;
  if (type === "tts") return String(valueOf(valueOf(file, "tts"), "text") ?? "");
  if (type === "http_audio") return String(valueOf(valueOf(file, "args"), "url") ?? "");
  return String(name);
}

/** Variables that some block of the flow sets, and those that a call brings along. */
export function variablesOf(catalogue: Catalogue, drawing: Drawing, type: string): string[] {
  const names = new Set(type === "service" ? CALLED : BROUGHT);
  for (const block of drawing.nodes) {
    const application = catalogue.get(block.app);
    if (application?.whole?.sets && block.args && typeof block.args === "object") Object.keys(block.args).forEach((key) => names.add(key));
    collect(application?.fields ?? [], block.args, names);
  }
  return [...names].filter(Boolean).sort();
}

const BROUGHT = ["destination", "member_id", "member_name", "queue_id"];
const CALLED = [...BROUGHT, "call_cause", "call_sip_code", "call_duration", "call_bill_sec", "call_voice_sec", "cc_attempt_seq", "cc_result"];

function collect(fields: Field[], args: unknown, names: Set<string>): void {
  for (const field of fields) {
    const value = valueOf(args, field.name);
    if (field.sets && typeof value === "string") names.add(value);
    if (field.sets && value && typeof value === "object") Object.keys(value).forEach((key) => names.add(key));
    if (field.fields) collect(field.fields, value, names);
  }
}
