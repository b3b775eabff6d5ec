import { expect, it } from "vitest";
import { add, change, connect, empty, move, remove } from "./drawing";
import { differencesOf, removedFrom } from "./versions";

const first = connect(add(add(empty(), { id: "1", app: "log", args: "a", x: 0, y: 0 }, { from: "start", port: "out" }), { id: "2", app: "hangup", x: 0, y: 0 }), { from: "1", port: "out", to: "2" });

it("tells blocks that are new, that do something else, and that are gone", () => {
  const now = add(change(remove(first, ["2"]), "1", { args: "b" }), { id: "3", app: "echo", x: 0, y: 0 });
  expect(differencesOf(first, now)).toEqual({ "1": "changed", "3": "added" });
  expect(removedFrom(first, now).map((block) => block.id)).toEqual(["2"]);
});
it("does not count places", () => expect(differencesOf(first, move(first, new Map([["1", { x: 9, y: 9 }]])))).toEqual({}));
it("counts a wire with the block that it leaves", () => {
  expect(differencesOf(first, connect(first, { from: "start", port: "out", to: "2" }))).toEqual({ start: "changed" });
});
