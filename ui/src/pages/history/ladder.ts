/** A call's SIP messages, read from the text that the service keeps. */

export interface SipMessage {
  /** `hh:mm:ss.mmm`, as it was written down. */
  at: string;
  /** Whether we sent it. */
  sent: boolean;
  peer: string;
  /** `INVITE` or `200 OK`. */
  title: string;
  kind: "request" | "provisional" | "success" | "failure";
  hasSdp: boolean;
  text: string;
}

const HEAD = /^--- (\S+) (to|from) (\S+)$/m;

export function messagesOf(trace: string): SipMessage[] {
  return trace
    .split(/(?=^--- \S+ (?:to|from) \S+$)/m)
    .map(read)
    .filter((message): message is SipMessage => message !== null);
}

function read(part: string): SipMessage | null {
  const head = HEAD.exec(part);
  if (!head) return null;
  const text = part.slice(part.indexOf("\n") + 1).trim();
  const first = text.split("\n", 1)[0] ?? "";
  const status = /^SIP\/2\.0 (\d{3}) ?(.*)$/.exec(first);
  return {
    at: head[1] ?? "",
    sent: head[2] === "to",
    peer: head[3] ?? "",
    title: status ? `${status[1]} ${status[2]}`.trim() : (first.split(" ", 1)[0] ?? ""),
    kind: status ? kindOf(Number(status[1])) : "request",
    hasSdp: /^content-type:\s*application\/sdp/im.test(text),
    text,
  };
}

function kindOf(code: number): SipMessage["kind"] {
  if (code < 200) return "provisional";
  return code < 300 ? "success" : "failure";
}
