import { describe, expect, it } from "vitest";
import { type Entry, frameAt, nodeAt, replayOf, scriptOf } from "./run";

const places = { "1": "[0]", "2": "[1]", "3": "[1].switch.case.1[0]", "10": "[10]" };

it("finds the block of a path, or the one around it", () => {
  expect(nodeAt(places, "[1].switch.case.1[0]")).toBe("3");
  expect(nodeAt(places, "[1].switch.case.default[0]")).toBe("2");
  expect(nodeAt(places, "[10]")).toBe("10");
  expect(nodeAt(places, "[7]")).toBe("");
  expect(nodeAt(places, undefined)).toBe("");
});

describe("a run", () => {
  const timeline: Entry[] = [
    { ms: 0, event: "ringing" },
    { ms: 10, event: "step", path: "[0]" },
    { ms: 20, event: "done", path: "[0]", set: { choice: "1" } },
    { ms: 20, event: "step", path: "[1]" },
    { ms: 30, event: "step", path: "[0]" },
  ];
  it("lights the block under way, counts arrivals and keeps what was set", () => {
    expect(frameAt(timeline, 0, places, { a: "b" })).toEqual({ active: "", visited: {}, variables: { a: "b" }, changed: [] });
    expect(frameAt(timeline, 2, places, {})).toEqual({ active: "1", visited: { "1": 1 }, variables: { choice: "1" }, changed: ["choice"] });
    expect(frameAt(timeline, 4, places, {}).visited).toEqual({ "1": 2, "2": 1 });
  });
});

it("replays a call's steps of this schema only", () => {
  const steps = [
    { schema_id: "7", path: "[0]", app: "playback", at: "1000", ms: 500, result: "success" },
    { schema_id: 9, path: "[0]", app: "abandoned", at: "1600", ms: 0 },
    { schema_id: 7, path: "[1]", app: "hangup", at: 1500, ms: 0 },
  ];
  expect(replayOf(steps, "7").map(({ ms, event, app }) => [ms, event, app])).toEqual([
    [0, "step", "playback"], [500, "done", "playback"], [500, "step", "hangup"], [500, "done", "hangup"],
  ]);
});

describe("the script", () => {
  const caller = { answers: "yes", after: 2, keys: "1, ,22", hangsUp: "" as const, cause: "USER_BUSY", talk: "" as const, attempts: "" as const, variables: {} };
  it("has keys for each question, an empty one for silence", () => {
    expect(scriptOf(caller, "voice")).toEqual({ caller: { answers: 2, keys: ["1", "", "22"] } });
    expect(scriptOf({ ...caller, answers: "busy", keys: "" }, "voice")).toEqual({ caller: { answers: "busy" } });
  });
  it("of a service schema tells of the call that was", () => {
    expect(scriptOf({ ...caller, variables: { debt: "5" } }, "service")).toEqual({ variables: { debt: "5" }, call: { cause: "USER_BUSY" }, member: { attempts: 1 } });
  });
});
