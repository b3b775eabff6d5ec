/** Which calls of a queue are up, kept by what the feed tells. */
import type { Stage } from "~/api/feed";

export interface Up {
  call_id: string;
  destination: string;
  member: string;
  resource: string;
  state: "offering" | "ringing" | "bridged";
  attempts: number;
  /** Since when it is in its state; epoch ms. */
  since: number;
}
export type Calls = Record<string, Up>;

const UP = ["offering", "ringing", "bridged"];

/** The calls after one more stage: one that is over, or never rang, is not among them. */
export function after(calls: Calls, stage: Stage): Calls {
  if (UP.includes(stage.state)) return { ...calls, [stage.call_id]: upOf(stage) };
  if (!(stage.call_id in calls)) return calls;
  const { [stage.call_id]: _gone, ...rest } = calls;
  return rest;
}

function upOf(stage: Stage): Up {
  const at = { offering: stage.created_at, ringing: stage.ringing_at, bridged: stage.answered_at }[stage.state as Up["state"]];
  return {
    call_id: stage.call_id, destination: stage.destination, member: stage.member.name, resource: stage.resource.name,
    state: stage.state as Up["state"], attempts: stage.attempts, since: Number(at),
  };
}

/** Calls in progress as the service lists them. */
export interface Listed {
  id?: string;
  destination?: string;
  state?: string;
  created_at?: string | number;
  answered_at?: string | number;
  to?: { name?: string };
  member?: { name?: string };
}

export function upFrom(rows: Listed[]): Calls {
  const calls = rows.map((row): Up => {
    const answered = row.state === "active";
    return {
      call_id: row.id ?? "", destination: row.destination ?? "", member: row.member?.name ?? row.to?.name ?? "", resource: "", attempts: 0,
      state: answered ? "bridged" : "ringing", since: Number((answered ? row.answered_at : row.created_at) ?? 0),
    };
  });
  return Object.fromEntries(calls.map((call) => [call.call_id, call]));
}
