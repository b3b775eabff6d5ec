import { expect, it } from "vitest";
import { csvOf } from "./csv";
import { spanOf } from "./Filters";

it("quotes what would break a row", () => {
  expect(csvOf(["a", "b"], [['say "hi"', "x;y"]], ";")).toBe('a;b\r\n"say ""hi""";"x;y"\r\n');
});
it("lets no cell become a formula, and leaves phone numbers alone", () => {
  expect(csvOf(["a"], [["=1+1"], ["+380501234567"], ["+cmd()"], ["-5"]], ",")).toBe("a\r\n'=1+1\r\n+380501234567\r\n'+cmd()\r\n-5\r\n");
});
it("a day is from midnight to midnight, a week begins on Monday", () => {
  const sunday = new Date(2026, 10, 29, 15, 0);
  expect(new Date(spanOf({}, sunday).from)).toEqual(new Date(2026, 10, 29));
  expect(new Date(spanOf({ period: "week" }, sunday).from)).toEqual(new Date(2026, 10, 23));
  expect(new Date(spanOf({ period: "month" }, sunday).from)).toEqual(new Date(2026, 10, 1));
});
