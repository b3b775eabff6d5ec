import { expect, it } from "vitest";
import { messagesOf } from "./ladder";

const TRACE = [
  "--- 10:00:00.100 to 192.0.2.1:5060",
  "INVITE sip:380501234567@192.0.2.1 SIP/2.0",
  "Content-Type: application/sdp",
  "",
  "v=0",
  "",
  "--- 10:00:00.200 from 192.0.2.1:5060",
  "SIP/2.0 180 Ringing",
  "",
  "--- 10:00:01.000 from 192.0.2.1:5060",
  "SIP/2.0 486 Busy Here",
  "",
].join("\n");

it("reads each message with its side, its time and what it is", () => {
  expect(messagesOf(TRACE).map(({ at, sent, title, kind, hasSdp }) => ({ at, sent, title, kind, hasSdp }))).toEqual([
    { at: "10:00:00.100", sent: true, title: "INVITE", kind: "request", hasSdp: true },
    { at: "10:00:00.200", sent: false, title: "180 Ringing", kind: "provisional", hasSdp: false },
    { at: "10:00:01.000", sent: false, title: "486 Busy Here", kind: "failure", hasSdp: false },
  ]);
});
it("keeps the text of a message whole", () => {
  expect(messagesOf(TRACE)[0]?.text).toContain("v=0");
});
it("reads nothing from nothing", () => {
  expect(messagesOf("")).toEqual([]);
});
