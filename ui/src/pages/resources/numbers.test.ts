import { expect, it } from "vitest";
import { numbersIn } from "./numbers";

it("takes the column that is called so, whatever stands beside it", () => {
  expect(numbersIn("Name,Number\nAnn,380441112233\nBob,380441112244\n")).toEqual(["380441112233", "380441112244"]);
});
it("takes a list without a heading", () => {
  expect(numbersIn("380441112233\n380441112244")).toEqual(["380441112233", "380441112244"]);
});
it("takes each number once, without blanks, whatever the separator", () => {
  expect(numbersIn("\uFEFFНомер;Опис\n+38 044 111 22 33;a\n+380441112233;b\n;c\n")).toEqual(["+380441112233"]);
});
it("finds nothing in a file without numbers", () => {
  expect(numbersIn("hello\nworld")).toEqual([]);
});
