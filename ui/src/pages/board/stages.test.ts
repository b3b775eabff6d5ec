import { expect, test } from "vitest";
import type { Stage } from "~/api/feed";
import { after, upFrom } from "./stages";

const stage = (state: Stage["state"], call_id = "a"): Stage => ({
  id: "1", state, call_id, queue: { id: "3", name: "Q" }, member: { id: "7", name: "Ann" }, resource: { id: "4", name: "Line" },
  destination: "380441234567", attempts: 2, created_at: "1000", ringing_at: "2000", answered_at: "3000", cause: "", result: "",
});

test("a call is up from its INVITE until it is hung up", () => {
  expect(after({}, stage("waiting"))).toEqual({});
  const ringing = after({}, stage("ringing"));
  expect(ringing["a"]).toMatchObject({ state: "ringing", since: 2000, member: "Ann", resource: "Line" });
  const talking = after(ringing, stage("bridged"));
  expect(talking["a"]).toMatchObject({ state: "bridged", since: 3000 });
  expect(after(talking, stage("leaving"))).toEqual({});
});

test("the end of one call leaves the others", () => {
  const both = after(after({}, stage("ringing", "a")), stage("ringing", "b"));
  expect(Object.keys(after(both, stage("over", "a")))).toEqual(["b"]);
});

test("what was listed goes on by the feed", () => {
  const listed = upFrom([{ id: "a", destination: "38044", state: "active", created_at: "1000", answered_at: "2500", member: { name: "Ann" } }]);
  expect(listed["a"]).toMatchObject({ state: "bridged", since: 2500 });
  expect(after(listed, stage("over"))).toEqual({});
});
