import { describe, expect, it } from "vitest";
import { type Application, catalogueOf, offered, portsOf, summaryOf, titleOf, valueOf, variablesOf, withValue } from "./catalogue";
import { empty } from "./drawing";
import { rangeOf } from "./JsonSide";
import { imported } from "../exchange";

const application = (name: string, ports: string[], more: Partial<Application> = {}): Application => ({
  name, group: "control", kinds: ["voice"], help: "", fields: [], whole: null, ports: ports.map((path) => ({ path, label: path || "Out" })), ends: false, outside: false, ...more,
});
const known = catalogueOf([
  application("playback", ["", "limit.failover"], { fields: [{ name: "getDigits", type: "object", fields: [{ name: "setVar", type: "text", sets: true }] }] }),
  application("switch", ["case.*", "", "limit.failover"]),
  application("trigger", ["disconnected", "timers[].actions"]),
  application("abandoned", ["limit.failover"], { kinds: ["service"] }),
  application("set", ["", "limit.failover"], { whole: { type: "map", sets: true }, kinds: ["voice", "service"] }),
]);
const ids = (app: string, args: unknown, meta?: Record<string, unknown>) => portsOf(known, { id: "1", app, args, x: 0, y: 0, ...(meta ? { meta } : {}) }).map((port) => port.id);

describe("outputs of a block", () => {
  it("come from its declaration, Out first; Failover only with a limit", () => {
    expect(ids("playback", {})).toEqual(["out"]);
    expect(ids("playback", {}, { limit: { max: 1 } })).toEqual(["out", "failover"]);
    expect(ids("abandoned", {})).toEqual([]);
  });
  it("are one for each key of a switch, in any case of the name", () => {
    expect(ids("switch", { Case: { "1": [], default: [] } })).toEqual(["out", "case.1", "case.default"]);
  });
  it("are one for each row of a list; a declaration has no Out", () => {
    expect(ids("trigger", { timers: [{}, {}] })).toEqual(["disconnected", "timers[0].actions", "timers[1].actions"]);
  });
  it("of what nobody knows are Out", () => expect(ids("nobodyKnows", {})).toEqual(["out"]));
});

describe("arguments", () => {
  it("keep the spelling that stands there", () => {
    expect(withValue({ GetDigits: 1 }, "getDigits", 2)).toEqual({ GetDigits: 2 });
    expect(valueOf({ FILES: [] }, "files")).toEqual([]);
    expect(withValue("", "a", undefined)).toEqual({});
  });
});

it("offers a schema what its type may have", () => {
  expect(offered(known, "service").map((one) => one.name)).toEqual(["abandoned", "set"]);
  expect(offered(known, "default")).toHaveLength(5);
});

it("knows the variables that blocks set", () => {
  const drawn = { ...empty(), nodes: [{ id: "1", app: "set", args: { status: "x" }, x: 0, y: 0 }, { id: "2", app: "playback", args: { getDigits: { setVar: "choice" } }, x: 0, y: 0 }] };
  expect(variablesOf(known, drawn, "voice")).toEqual(expect.arrayContaining(["choice", "destination", "status"]));
});

it("says in a line what a block does", () => {
  const said = (app: string, args: unknown) => summaryOf({ id: "1", app, args, x: 0, y: 0 });
  expect(said("playback", { files: [{ id: 1, name: "hello.wav" }, { type: "silence", name: "300" }] })).toBe("hello.wav, 300 ms");
  expect(said("set", { a: 1, b: "two" })).toBe("a = 1, b = two");
  expect([titleOf("recordFile"), titleOf("tts"), titleOf("playback")]).toEqual(["Record file", "Text to speech", "Playback"]);
});

it("finds a path in the text of the schema", () => {
  const text = '[{"if": {"then": [{"log": "x"}]}}]';
  const found = rangeOf(text, "[0].if.then[0]");
  expect(found && text.slice(found.from, found.to)).toBe('{"log": "x"}');
  expect(rangeOf(text, "[7]")).toBeNull();
});

describe("a file that is brought in", () => {
  const say = { noJson: "no JSON:", noSchema: "no schema" };
  it("may be an exported record or the bare schema", () => {
    expect(imported('{"id": 5, "name": "A", "type": "service", "schema": [], "tags": [{"name": "x"}, "y"], "editor": true}', say)).toEqual({
      id: "5", name: "A", type: "service", schema: [], tags: ["x", "y"], editor: true, payload: null,
    });
    expect(imported('[{"hangup": ""}]', say).schema).toEqual([{ hangup: "" }]);
  });
  it("says what is wrong with it", () => {
    expect(() => imported("{", say)).toThrow(/^no JSON:/);
    expect(() => imported('{"name": "x"}', say)).toThrow("no schema");
  });
});
