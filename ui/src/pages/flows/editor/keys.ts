/** What the keys do while nobody writes in a field. */
import { useEffect, useRef } from "react";
import { sayDone, sayFailed } from "~/kit/say";
import { decompile } from "./checking";
import { copy, type Drawing, paste, type Piece, pieceFrom, pieceOf, type Spot } from "./drawing";
import { removeSelected, useEditor } from "./store";

export interface Keys {
  add: () => void;
  save: () => void;
  find: () => void;
  help: () => void;
  /** Where pasted blocks go. */
  middle: () => Spot;
  pasted: (count: number) => string;
}

const isWriting = (target: EventTarget | null) =>
  target instanceof HTMLElement && (target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName) || target.closest("[role=dialog], .cm-editor") !== null);

export function useKeys(keys: Keys): void {
  const latest = useRef(keys);
  latest.current = keys;
  useEffect(() => {
    const down = (event: KeyboardEvent) => {
      const mod = event.ctrlKey || event.metaKey;
      if (mod && event.key.toLowerCase() === "s") {
        event.preventDefault();
        latest.current.save();
        return;
      }
      if (isWriting(event.target) || !act(event, mod, latest.current)) return;
      event.preventDefault();
      event.stopPropagation();
    };
    const onCopy = (event: ClipboardEvent) => {
      if (isWriting(event.target) || String(window.getSelection() ?? "")) return;
      const { history, selected } = useEditor.getState();
      const piece = copy(history.now, selected);
      if (piece.nodes.length + piece.notes.length === 0) return;
      event.clipboardData?.setData("text/plain", JSON.stringify(piece, null, 2));
      event.preventDefault();
      if (event.type === "cut") removeSelected();
    };
    const onPaste = (event: ClipboardEvent) => {
      const text = event.clipboardData?.getData("text/plain") ?? "";
      if (isWriting(event.target) || !/^\s*[[{]/.test(text)) return;
      event.preventDefault();
      void pieceIn(text).then((piece) => put(piece, latest.current)).catch(sayFailed);
    };
    window.addEventListener("keydown", down, true);
    document.addEventListener("copy", onCopy);
    document.addEventListener("cut", onCopy);
    document.addEventListener("paste", onPaste);
    return () => {
      window.removeEventListener("keydown", down, true);
      document.removeEventListener("copy", onCopy);
      document.removeEventListener("cut", onCopy);
      document.removeEventListener("paste", onPaste);
    };
  }, []);
}

function act(event: KeyboardEvent, mod: boolean, keys: Keys): boolean {
  const { undo, redo, select, history, selected, wires, page } = useEditor.getState();
  const key = event.key.toLowerCase();
  if (mod && key === "z") (event.shiftKey ? redo : undo)();
  else if (mod && key === "y") redo();
  else if (mod && key === "f") keys.find();
  else if (mod && key === "a") select(history.now.nodes.filter((block) => (block.page ?? "") === page).map((block) => block.id));
  else if (mod && key === "d") duplicate();
  else if (mod) return false;
  else if (key === "/") keys.add();
  else if (key === "?") keys.help();
  else if ((key === "delete" || key === "backspace") && selected.size + wires.size > 0) removeSelected();
  else if (key === "escape" && selected.size > 0) select([]);
  else if (event.altKey && (key === "arrowright" || key === "arrowleft")) walk(key === "arrowright");
  else return false;
  return true;
}

/** To the block that comes next, or to the one before. */
function walk(forward: boolean): void {
  const { history, selected, select, show } = useEditor.getState();
  const [only] = selected;
  const wire = history.now.edges.find((edge) => (forward ? edge.from : edge.to) === (only ?? "start"));
  if (!wire) return;
  const id = forward ? wire.to : wire.from;
  select([id]);
  show(id);
}

export function duplicate(): void {
  const { history, selected } = useEditor.getState();
  const piece = copy(history.now, selected);
  if (piece.nodes.length + piece.notes.length === 0) return;
  const corner = { x: Math.min(...[...piece.nodes, ...piece.notes].map((one) => one.x)) + 32, y: Math.min(...[...piece.nodes, ...piece.notes].map((one) => one.y)) + 96 };
  place(piece, corner);
}

function place(piece: Piece, at: Spot): void {
  const { act: change, select, page } = useEditor.getState();
  let ids: string[] = [];
  change((now: Drawing) => {
    const [next, put] = paste(now, piece, at, page);
    ids = put;
    return next;
  });
  select(ids);
}

function put(piece: Piece, keys: Keys): void {
  if (piece.nodes.length + piece.notes.length === 0) return;
  place(piece, keys.middle());
  sayDone(keys.pasted(piece.nodes.length));
}

/** What was copied here, or a schema: a list of applications, one of them, or a record as the site exports it. */
async function pieceIn(text: string): Promise<Piece> {
  const value = JSON.parse(text) as unknown;
  const ours = pieceOf(value);
  if (ours) return ours;
  const schema = Array.isArray(value) ? value : Array.isArray((value as { schema?: unknown }).schema) ? (value as { schema: unknown[] }).schema : [value];
  return pieceFrom(await decompile(schema));
}
