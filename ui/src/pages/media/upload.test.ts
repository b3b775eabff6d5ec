import { expect, it } from "vitest";
import { MOST_BYTES, whyRefused } from "./upload";

it("takes wav and mp3 of at most 5 MB", () => {
  expect(whyRefused({ name: "hello.wav", size: MOST_BYTES })).toBeNull();
  expect(whyRefused({ name: "HELLO.MP3", size: 1 })).toBeNull();
});
it("says why a file is refused before it travels", () => {
  expect(whyRefused({ name: "hello.ogg", size: 1 })).toBe("kind");
  expect(whyRefused({ name: "hello.wav", size: MOST_BYTES + 1 })).toBe("size");
  expect(whyRefused({ name: "hello.wav", size: 0 })).toBe("empty");
});
