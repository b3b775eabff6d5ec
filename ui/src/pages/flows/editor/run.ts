/** A run as frames to step through: a dry run's timeline, or the steps that a call kept. */

export interface Entry {
  ms: number;
  event: string;
  path?: string;
  app?: string;
  result?: string;
  text?: string;
  key?: string;
  cause?: string;
  set?: Record<string, string>;
  sounds?: Sound[];
}
export interface Sound {
  media?: { id?: string | number; name?: string };
  silence?: boolean;
  tone?: unknown;
  sound?: string;
  length_ms?: number;
  text?: string;
}
export interface Report {
  role: string;
  end: { how: string; text: string; ms: number; cause?: string };
  timeline: Entry[];
  variables: Record<string, string>;
  member?: { text?: string };
}
export interface Step {
  flow?: string;
  schema_id?: string | number;
  path?: string;
  app?: string;
  at?: string | number;
  ms?: number;
  result?: string;
  set?: Record<string, string>;
}
export interface Frame {
  active: string;
  visited: Record<string, number>;
  variables: Record<string, string>;
  /** Those that this frame changed. */
  changed: string[];
}

/** The block that a path belongs to: the one that stands there, or else the one around it. */
export function nodeAt(places: Record<string, string>, path: string | undefined): string {
  if (!path) return "";
  let [best, length] = ["", -1];
  for (const [node, place] of Object.entries(places)) {
    const inside = path === place || (path.startsWith(place) && /^[.[]/.test(path.slice(place.length)));
    if (place && inside && place.length > length) [best, length] = [node, place.length];
  }
  return best;
}

/** What is lit and known after the entry at `at`. */
export function frameAt(timeline: Entry[], at: number, places: Record<string, string>, first: Record<string, string>): Frame {
  const visited: Record<string, number> = {};
  const variables = { ...first };
  let active = "";
  for (const entry of timeline.slice(0, at + 1)) {
    const node = nodeAt(places, entry.path);
    if (node) active = node;
    if (node && entry.event === "step") visited[node] = (visited[node] ?? 0) + 1;
    Object.assign(variables, entry.set ?? {});
  }
  return { active, visited, variables, changed: Object.keys(timeline[at]?.set ?? {}) };
}

/** The steps of one schema, of all that a call kept. */
export function replayOf(steps: Step[], schemaId: string): Entry[] {
  const mine = steps.filter((step) => String(step.schema_id ?? "") === schemaId);
  const start = Number(mine[0]?.at ?? 0);
  return mine.flatMap((step): Entry[] => {
    const ms = Number(step.at ?? start) - start;
    const where = { path: step.path ?? "", app: step.app ?? "" };
    return [
      { ms, event: "step", ...where },
      { ms: ms + (step.ms ?? 0), event: "done", ...where, result: step.result ?? "", set: step.set ?? {} },
    ];
  });
}

export interface Caller {
  answers: string;
  after: number;
  keys: string;
  hangsUp: number | "";
  cause: string;
  talk: number | "";
  attempts: number | "";
  variables: Record<string, string>;
}

/** What was filled in, as the script of a dry run. */
export function scriptOf(caller: Caller, type: string): object {
  const variables = Object.keys(caller.variables).length > 0 ? { variables: caller.variables } : {};
  if (type === "service") {
    return {
      ...variables,
      call: { cause: caller.cause, ...(caller.talk === "" || caller.talk === 0 ? {} : { talk: caller.talk }) },
      member: { attempts: caller.attempts === "" ? 1 : caller.attempts },
    };
  }
  return {
    ...variables,
    caller: {
      answers: caller.answers === "yes" ? caller.after : caller.answers,
      ...(caller.keys.trim() ? { keys: caller.keys.split(",").map((key) => key.trim()) } : {}),
      ...(caller.hangsUp === "" ? {} : { hangs_up: caller.hangsUp }),
    },
  };
}
