/** The live feed: figures of queues and stages of attempts, kept up to date while somebody looks. */
import { useEffect, useState } from "react";
import type { Answer } from "./http";
import { linkTo } from "./http";

export type Figures = Answer<"/call_center/queues/{id}/figures", "get">;
/** As the feed tells them: without the charts. */
export type Live = Omit<Figures, "by_hour" | "by_attempt">;

export interface Stage {
  id: string;
  state: "waiting" | "offering" | "ringing" | "bridged" | "leaving" | "over";
  queue: { id: string; name: string };
  member: { id: string; name: string };
  resource: { id: string; name: string };
  destination: string;
  call_id: string;
  attempts: number;
  created_at: string;
  ringing_at: string;
  answered_at: string;
  cause: string;
  result: string;
}

interface Told {
  onQueue?: (figures: Live) => void;
  onGone?: (id: string) => void;
  onStage?: (stage: Stage) => void;
  /** Something was missed: read again what is shown. */
  onMissed?: () => void;
  onReached: (reached: boolean) => void;
}

const AGAIN_MS = 3000;

/** Follows the feed until the answer is called. A stream that was refused is asked for again with the token of then. */
export function follow(kinds: string[], queue: string | undefined, told: Told): () => void {
  let stream: EventSource | null = null;
  let timer = 0;
  const read = <T>(event: Event) => JSON.parse((event as MessageEvent<string>).data) as T;
  const open = () => {
    stream = new EventSource(linkTo("/events", {}, { kinds: kinds.join(","), queue_id: queue }));
    stream.addEventListener("hello", (event) => {
      told.onReached(true);
      if (!read<{ resumed: boolean }>(event).resumed) told.onMissed?.();
    });
    stream.addEventListener("lost", () => told.onMissed?.());
    stream.addEventListener("attempt", (event) => told.onStage?.(read<Stage>(event)));
    stream.addEventListener("queue", (event) => {
      const figures = read<Live & { gone?: boolean }>(event);
      if (figures.gone) told.onGone?.(figures.id);
      else told.onQueue?.(figures);
    });
    stream.onerror = () => {
      told.onReached(false);
      if (stream?.readyState === EventSource.CLOSED) timer = window.setTimeout(open, AGAIN_MS);
    };
  };
  open();
  return () => {
    window.clearTimeout(timer);
    stream?.close();
  };
}

/** Every queue's figures by its id, a second old at most; undefined until the first were told. */
export function useQueues(): Record<string, Live> | undefined {
  const [known, setKnown] = useState<Record<string, Live>>();
  useEffect(
    () =>
      follow(["queue"], undefined, {
        onReached: (reached) => reached && setKnown((old) => old ?? {}),
        onQueue: (figures) => setKnown((old) => ({ ...old, [figures.id]: figures })),
        onGone: (id) => setKnown((old) => Object.fromEntries(Object.entries(old ?? {}).filter(([key]) => key !== id))),
      }),
    [],
  );
  return known;
}
