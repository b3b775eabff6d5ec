import { expect, it } from "vitest";
import { differences } from "./differences";

it("names what changed, and nothing else", () => {
  expect(differences('{"name":"A","limit":5}', '{"name":"A","limit":9}')).toEqual([{ field: "limit", before: "5", after: "9" }]);
});
it("shows a new record whole and a deleted one whole", () => {
  expect(differences(undefined, '{"name":"A"}')).toEqual([{ field: "name", before: "", after: "A" }]);
  expect(differences('{"name":"A"}', "")).toEqual([{ field: "name", before: "A", after: "" }]);
});
it("takes what is no object as it is", () => {
  expect(differences("", "3 members")).toEqual([{ field: "", before: "", after: "3 members" }]);
});
