/** The service compiles the drawing and says what is wrong with it, a moment after each change. */
import { useEffect, useState } from "react";
import { ApiError, request } from "~/api/http";
import type { Drawing } from "./drawing";
import { type Checked, useEditor } from "./store";

const PAUSE_MS = 350;

export type State = "checking" | "done" | "away";

export async function compile(drawing: Drawing, type: string, signal?: AbortSignal): Promise<Checked> {
  const body = { payload: drawing, type } as never;
  return (await request("post", "/routing/schema/compile", { body, signal })) as unknown as Checked;
}

export async function decompile(schema: unknown[], payload?: unknown): Promise<Drawing> {
  const body = { schema, ...(payload ? { payload } : {}) } as never;
  return ((await request("post", "/routing/schema/decompile", { body })) as unknown as { payload: Drawing }).payload;
}

export function useChecks(): State {
  const drawing = useEditor((state) => state.history.now);
  const type = useEditor((state) => state.type);
  const check = useEditor((state) => state.check);
  const [state, setState] = useState<State>("checking");
  useEffect(() => {
    const stop = new AbortController();
    setState("checking");
    const timer = setTimeout(async () => {
      try {
        check({ ...(await compile(drawing, type, stop.signal)) });
        setState("done");
      } catch (error) {
        if (stop.signal.aborted) return;
        if (error instanceof ApiError && error.status === 400) check({ problems: [{ level: "error", message: error.detail }], places: {}, jumps: [] });
        setState(error instanceof ApiError && error.status === 400 ? "done" : "away");
      }
    }, PAUSE_MS);
    return () => {
      stop.abort();
      clearTimeout(timer);
    };
  }, [drawing, type, check]);
  return state;
}
