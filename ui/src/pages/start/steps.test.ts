import { expect, test } from "vitest";
import { type Facts, stepsOf } from "./steps";

const NOTHING: Facts = { media: 0, flows: 0, gateways: 0, resources: [], groups: 0, calendars: 0, queues: [] };
const open = (facts: Facts) => stepsOf(facts).filter((step) => !step.done).map((step) => step.key);

test("on a fresh service everything is missing", () => {
  expect(open(NOTHING)).toHaveLength(stepsOf(NOTHING).length);
});

test("a resource that is off is there, and yet to be switched on", () => {
  const facts = { ...NOTHING, resources: [{ enabled: false }] };
  expect(open(facts)).not.toContain("resource");
  expect(open(facts)).toContain("resourceOn");
});

test("members are added to the queue that exists", () => {
  const facts = { ...NOTHING, queues: [{ id: "7", enabled: true, count: 0 }] };
  expect(stepsOf(facts).find((step) => step.key === "members")?.path).toBe("/contact-center/queues/7/members");
  expect(open(facts)).not.toContain("queueOn");
});

test("with everything there nothing is missing", () => {
  expect(open({ media: 1, flows: 1, gateways: 1, resources: [{ enabled: true }], groups: 1, calendars: 1, queues: [{ id: "7", enabled: true, count: 1 }] })).toEqual([]);
});
