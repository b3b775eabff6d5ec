import { describe, expect, it } from "vitest";
import { clockOf, durationOf, minutesOf, secondsOf, sizeOf } from "./times";

describe("a time of the day", () => {
  it("is read as people write it", () => {
    expect(["9:00", "09:00", "0900", "9", "24:00"].map(minutesOf)).toEqual([540, 540, 540, 540, 1440]);
  });
  it("is refused when there is no such time", () => {
    expect(["", "25:00", "9:60", "24:01", "noon"].map(minutesOf)).toEqual([null, null, null, null, null]);
  });
  it("is shown with both zeros", () => {
    expect([0, 540, 1439, 1440].map(clockOf)).toEqual(["00:00", "09:00", "23:59", "24:00"]);
  });
});

describe("a duration", () => {
  it("is read from clocks, words and plain seconds", () => {
    expect(["3600", "01:00:00", "60:00", "1h", "1h 30m", "45s"].map(secondsOf)).toEqual([3600, 3600, 3600, 3600, 5400, 45]);
  });
  it("is refused when it is none", () => {
    expect(["", "soon", "1:2:3:4"].map(secondsOf)).toEqual([null, null, null]);
  });
  it("may go past a day", () => {
    expect(durationOf(90_000)).toBe("25:00:00");
    expect(secondsOf(durationOf(90_061))).toBe(90_061);
  });
});

it("says sizes in units of thousand", () => {
  expect(sizeOf(5_000_000, "en")).toBe("5 MB");
});
