/** What is drawn is kept with the service as a draft a moment after each change; a draft never runs. */
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiError, type Options, request } from "~/api/http";
import { type Drawing, isDrawing } from "./drawing";
import { useEditor } from "./store";

const PAUSE_MS = 1500;
interface Draft {
  payload?: unknown;
  updated_at?: string;
}
/** Written as a plain call: an older service has no such door, and then there are no drafts. */
const door = (method: "get" | "put" | "delete", id: string, body?: object) =>
  (request as unknown as (method: string, path: string, options: Options) => Promise<Draft>)(method, "/routing/schema/{id}/draft", { params: { id }, body });

interface Drafts {
  /** What to say of it. */
  saved: string;
  found: { time: string; drawing: Drawing } | null;
  use: () => void;
  drop: () => void;
}

export function useDraft(id: string | undefined, dirty: boolean): Drafts {
  const { t, i18n } = useTranslation();
  const drawing = useEditor((state) => state.history.now);
  const [saved, setSaved] = useState("");
  const [found, setFound] = useState<Drafts["found"]>(null);
  const known = useRef(true);
  const timeOf = (at: Date) => at.toLocaleTimeString(i18n.language, { hour: "2-digit", minute: "2-digit" });
  useEffect(() => {
    if (!id) return;
    door("get", id).then(
      ({ payload, updated_at }) => {
        if (!isDrawing(payload) || JSON.stringify(payload) === JSON.stringify(useEditor.getState().history.now)) return;
        setFound({ time: new Date(Number(updated_at)).toLocaleString(i18n.language), drawing: payload });
      },
      () => undefined,
    );
    // Asked once, when the flow is opened.
    // eslint-disable-next-line
  }, [id]);
  useEffect(() => {
    if (!dirty) setSaved("");
    if (!id || !dirty || !known.current || found) return;
    const timer = setTimeout(() => {
      const { checked } = useEditor.getState();
      door("put", id, { payload: drawing, schema: checked?.schema ?? [] }).then(
        () => setSaved(t("flows.draftSaved", { time: timeOf(new Date()) })),
        (error: unknown) => {
          if (error instanceof ApiError && error.status === 404) known.current = false;
        },
      );
    }, PAUSE_MS);
    return () => clearTimeout(timer);
    // eslint-disable-next-line
  }, [id, dirty, drawing, found]);
  const drop = () => {
    setFound(null);
    if (id) void door("delete", id).catch(() => undefined);
  };
  const use = () => {
    if (found) useEditor.getState().act(() => found.drawing);
    setFound(null);
  };
  return { saved, found, use, drop };
}
