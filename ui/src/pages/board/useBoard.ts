/** What the board shows: figures and calls pushed by the feed, charts read again every few seconds. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { type Figures, follow, type Live } from "~/api/feed";
import { request } from "~/api/http";
import { after, type Calls, upFrom } from "./stages";

const CHARTS_MS = 5000;
const MOST_CALLS = 500;

export interface BoardState {
  /** Undefined until they were read. */
  live: Live | undefined;
  charts: Figures | undefined;
  calls: Calls;
  /** Whether the feed tells what happens. */
  reached: boolean;
  error: unknown;
}

export function useBoard(id: string): BoardState {
  const client = useQueryClient();
  const [told, setTold] = useState<Live>();
  const [calls, setCalls] = useState<Calls>({});
  const [reached, setReached] = useState(true);
  const key = ["queues", "figures", id];
  const read = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => request("get", "/call_center/queues/{id}/figures", { params: { id }, signal }),
    refetchInterval: CHARTS_MS,
  });
  useEffect(() => {
    const readCalls = async () => {
      const found = await request("get", "/calls/active", { query: { queue_id: id, size: MOST_CALLS } }).catch(() => null);
      if (found) setCalls(upFrom(found.items ?? []));
    };
    return follow(["attempt", "queue"], id, {
      onReached: setReached,
      onQueue: setTold,
      onStage: (stage) => setCalls((old) => after(old, stage)),
      onMissed: () => {
        void readCalls();
        void client.invalidateQueries({ queryKey: ["queues", "figures", id] });
      },
    });
  }, [id, client]);
  const newest = told && reached && told.id === id ? told : read.data;
  return { live: newest, charts: read.data, calls, reached, error: read.error };
}
