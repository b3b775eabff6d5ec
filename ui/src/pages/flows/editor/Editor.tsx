/** What stands around the canvas, and saving. */
import { Alert, Button, Group } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useReactFlow } from "@xyflow/react";
import { lazy, Suspense, useCallback, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiError } from "~/api/http";
import { schemas as noun } from "~/api/nouns";
import { keyOf } from "~/kit/ListPage";
import { recordKey } from "~/kit/RecordPage";
import { sayDone, sayFailed } from "~/kit/say";
import { fileNameOf, save as saveFile } from "../exchange";
import { SaveFailed, useLeave } from "../leaving";
import { arranged } from "./arrange";
import { type Ask, Canvas } from "./Canvas";
import { type Catalogue, portsOf } from "./catalogue";
import { compile, useChecks } from "./checking";
import { Changed, FlowSettings, Shortcuts } from "./Dialogs";
import { useDraft } from "./drafts";
import { type Drawing, freshId, WIDTH } from "./drawing";
import classes from "./editor.module.css";
import { Find } from "./Find";
import type { Row } from "./index";
import { useKeys } from "./keys";
import { Palette, QuickAdd } from "./Palette";
import { Pages } from "./Pages";
import { Problems } from "./Problems";
import { Settings } from "./Settings";
import { useEditor } from "./store";
import { type Side, TopBar } from "./TopBar";

const JsonSide = lazy(() => import("./JsonSide"));
const Run = lazy(() => import("./Run"));
const Versions = lazy(() => import("./Versions"));

interface Props {
  row: Row | undefined;
  type: string;
  first: Drawing;
  catalogue: Catalogue;
  /** A finished call that is shown on the drawing. */
  call: string;
}
interface Kept {
  drawing: Drawing;
  name: string;
  tags: string[];
}

export function Editor({ row, type, first, catalogue, call }: Props) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const client = useQueryClient();
  const flow = useReactFlow();
  const canvas = useRef<HTMLDivElement>(null);
  const [ready, setReady] = useState(false);
  const drawing = useEditor((state) => state.history.now);
  const panelOpen = useEditor((state) => state.selected.size === 1);
  const [kept, setKept] = useState<Kept>({ drawing: first, name: row?.name ?? "", tags: (row?.tags ?? []).map((tag) => tag.name ?? "") });
  const [name, setName] = useState(kept.name);
  const [tags, setTags] = useState(kept.tags);
  const [version, setVersion] = useState(row?.updated_at);
  const [side, setSide] = useState<Side>(call ? "run" : null);
  const [ask, setAsk] = useState<Ask | null>(null);
  const [dialog, setDialog] = useState<"settings" | "saveAs" | "keys" | null>(null);
  const [finding, setFinding] = useState(false);
  const [busy, setBusy] = useState(false);
  const [moving, setMoving] = useState(false);
  const [failed, setFailed] = useState<unknown>(null);
  const [theirs, setTheirs] = useState<Row | null>(null);
  useEffect(() => {
    useEditor.getState().open(first, type, catalogue);
    setReady(true);
    // Opened once; a save does not open it anew.
    // eslint-disable-next-line
  }, []);
  const state = useChecks();
  const dirty = ready && (drawing !== kept.drawing || name !== kept.name || tags.join() !== kept.tags.join());
  const draft = useDraft(row?.id, ready && drawing !== kept.drawing);

  const write = async (to: { name: string; tags: string[]; note?: string; copy?: boolean; over?: boolean }): Promise<boolean> => {
    setBusy(true);
    setFailed(null);
    const now = useEditor.getState().history.now;
    const body = { name: to.name.trim(), tags: to.tags.map((tag) => ({ name: tag })), editor: true, payload: now, note: to.note ?? "" };
    try {
      const saved = row?.id && !to.copy
        ? await noun.patch(row.id, body, to.over || !version ? undefined : `"${version}"`)
        : await noun.create({ ...body, type });
      setKept({ drawing: now, name: to.name, tags: to.tags });
      setName(to.name);
      setTags(to.tags);
      setVersion(saved.updated_at);
      setTheirs(null);
      void client.invalidateQueries({ queryKey: keyOf(noun) });
      sayDone(t("record.saved", { name: saved.name ?? "" }));
      if (!row?.id || to.copy) {
        client.setQueryData(recordKey(noun, saved.id ?? ""), saved);
        leave.pass(() => void navigate({ to: `/flow/${saved.id}/${type}`, replace: !row?.id }));
      }
      return true;
    } catch (error) {
      const other = error instanceof ApiError && error.id === "app.request.changed" ? (error.body as { current?: Row }).current : undefined;
      if (other) setTheirs(other);
      else setFailed(error);
      return false;
    } finally {
      setBusy(false);
    }
  };
  const save = useCallback(async () => {
    if (name.trim()) return write({ name, tags });
    setDialog("settings");
    return false;
    // eslint-disable-next-line
  }, [name, tags, version, row]);
  const leave = useLeave(dirty, name, save);

  const middle = () => {
    const box = canvas.current?.getBoundingClientRect();
    return flow.screenToFlowPosition({ x: (box?.left ?? 0) + (box?.width ?? 0) / 2 - WIDTH / 2, y: (box?.top ?? 0) + (box?.height ?? 0) / 2 });
  };
  const quickAdd = () => {
    const box = canvas.current?.getBoundingClientRect();
    setAsk({ spot: { x: Infinity, y: Infinity }, at: { x: (box?.width ?? 300) / 2 - 132, y: 80 } });
  };
  useKeys({
    add: quickAdd, save: () => void save(), find: () => setFinding(true), help: () => setDialog("keys"), middle,
    pasted: (count) => t("flows.pasted", { count }),
  });
  const arrange = () => {
    const { act, selected } = useEditor.getState();
    setMoving(true);
    act((now) => arranged(now, (block) => portsOf(catalogue, block).length, selected.size > 1 ? selected : undefined));
    setTimeout(() => void flow.fitView({ padding: 0.18, maxZoom: 1, duration: 200 }), 30);
    setTimeout(() => setMoving(false), 320);
  };
  const addNote = () => {
    const { act, select, history, page } = useEditor.getState();
    const id = `n${freshId(history.now)}`;
    const { x, y } = middle();
    act((now) => ({ ...now, notes: [...(now.notes ?? []), { id, text: "", x: Math.round(x), y: Math.round(y), width: 240, height: 60, ...(page ? { page } : {}) }] }));
    select([id]);
  };
  /** The record as a file, whether or not it could be saved. */
  const exportFile = async () => {
    const now = useEditor.getState().history.now;
    const schema = await compile(now, type).then((one) => one.schema ?? [], () => (row?.schema ?? []) as unknown[]);
    saveFile(fileNameOf(name || "flow"), { ...(row?.id ? { id: row.id } : {}), name, type, tags, editor: true, schema, payload: now });
  };
  if (!ready) return null;
  return (
    <div className={classes["editor"]}>
      <TopBar
        name={name}
        type={type}
        dirty={dirty || !row}
        busy={busy}
        side={side}
        saved={draft.saved}
        onSide={(next) => setSide(side === next ? null : next)}
        onSave={() => void save()}
        onArrange={arrange}
        onNote={addNote}
        onFind={() => setFinding(true)}
        onDialog={setDialog}
        onExport={() => void exportFile().catch(sayFailed)}
        onCode={row?.id ? () => void navigate({ to: `/routing/flow/${row.id}/general` }) : undefined}
        onClose={() => void navigate({ to: "/routing/flow" })}
      />
      <div className={classes["body"]} data-side={side ?? undefined}>
        <Palette />
        <div ref={canvas} className={classes["canvas"]} data-moving={moving || undefined}>
          <Canvas onAsk={setAsk} panelOpen={panelOpen} />
          {draft.found && (
            <Alert className={classes["find"]} p="xs" color="yellow">
              <Group gap="xs">
                {t("flows.draftFound", { time: draft.found.time })}
                <Button size="compact-sm" onClick={draft.use}>
                  {t("flows.draftUse")}
                </Button>
                <Button size="compact-sm" variant="default" onClick={draft.drop}>
                  {t("flows.draftDrop")}
                </Button>
              </Group>
            </Alert>
          )}
          {finding && <Find onClose={() => setFinding(false)} />}
          {ask && <QuickAdd ask={ask} onClose={() => setAsk(null)} />}
          <Pages />
          <Settings />
        </div>
        <Suspense fallback={<div className={classes["side"]} />}>
          {side === "json" && <JsonSide onClose={() => setSide(null)} />}
          {side === "run" && <Run id={row?.id} call={call} onClose={() => setSide(null)} />}
          {side === "versions" && row?.id && <Versions id={row.id} onClose={() => setSide(null)} />}
        </Suspense>
      </div>
      <Problems state={state} />
      <FlowSettings
        opened={dialog === "settings" || dialog === "saveAs"}
        title={dialog === "saveAs" ? t("flows.saveAs") : t("flows.settings")}
        name={dialog === "saveAs" ? t("flows.copyOf", { name }) : name}
        tags={tags}
        busy={busy}
        onClose={() => setDialog(null)}
        onSave={(to) => void write({ ...to, copy: dialog === "saveAs" }).then((done) => done && setDialog(null))}
      />
      <Shortcuts opened={dialog === "keys"} onClose={() => setDialog(null)} />
      <Changed theirs={theirs} onClose={() => setTheirs(null)} onMine={() => void write({ name, tags, over: true })} onTheirs={() => leave.pass(() => window.location.reload())} />
      {leave.dialog}
      <SaveFailed error={failed} onRetry={() => void save()} onExport={() => void exportFile().catch(sayFailed)} onClose={() => setFailed(null)} />
    </div>
  );
}
