/** The open flow: its drawing with undo and redo, what is chosen, what the service says of it, what a run shows. */
import { create } from "zustand";
import { type Catalogue, firstArgs, OUT, portsOf } from "./catalogue";
import * as drawings from "./drawing";
import type { Block, Drawing, Spot, Wire } from "./drawing";
import * as histories from "./history";
import type { History } from "./history";

export interface Problem {
  node?: string;
  level?: string;
  message?: string;
  path?: string;
}
export interface Checked {
  schema?: unknown[];
  problems: Problem[];
  places: Record<string, string>;
  jumps: { from: string; port: string }[];
}
export type Level = "error" | "warning" | "note";
export type Difference = "added" | "removed" | "changed";

interface Editor {
  type: string;
  catalogue: Catalogue;
  history: History<Drawing>;
  selected: ReadonlySet<string>;
  /** Chosen wires, by `keyOfWire`. */
  wires: ReadonlySet<string>;
  page: string;
  checked: Checked | null;
  /** The worst that was found of each block. */
  levels: Record<string, Level>;
  /** Lit by a run: the block under way, and those that it went through with how often. */
  active: string;
  visited: Record<string, number>;
  differences: Record<string, Difference>;
  /** A block to bring into view; the number makes asking twice two questions. */
  goal: { id: string; at: number } | null;
  open: (drawing: Drawing, type: string, catalogue: Catalogue) => void;
  act: (change: (drawing: Drawing) => Drawing, mark?: string) => void;
  undo: () => void;
  redo: () => void;
  select: (ids: Iterable<string>) => void;
  selectWires: (keys: Iterable<string>) => void;
  setPage: (page: string) => void;
  check: (checked: Checked | null) => void;
  light: (active: string, visited: Record<string, number>) => void;
  compare: (differences: Record<string, Difference>) => void;
  show: (id: string) => void;
}

const RANK: Level[] = ["note", "warning", "error"];

export const useEditor = create<Editor>()((set, get) => ({
  type: "voice",
  catalogue: new Map(),
  history: histories.begin(drawings.empty()),
  selected: new Set(),
  wires: new Set(),
  page: "",
  checked: null,
  levels: {},
  active: "",
  visited: {},
  differences: {},
  goal: null,
  open: (drawing, type, catalogue) =>
    set({
      type, catalogue, history: histories.begin(drawing), selected: new Set(), wires: new Set(), page: "", checked: null, levels: {}, active: "", visited: {},
      differences: {}, goal: null,
    }),
  act: (change, mark) => set(({ history }) => ({ history: histories.act(history, change(history.now), mark) })),
  undo: () => set(({ history, selected }) => after(histories.undo(history), selected)),
  redo: () => set(({ history, selected }) => after(histories.redo(history), selected)),
  select: (ids) => set({ selected: new Set(ids) }),
  selectWires: (keys) => set({ wires: new Set(keys) }),
  setPage: (page) => set({ page, selected: new Set() }),
  check: (checked) => set({ checked, levels: levelsOf(checked) }),
  light: (active, visited) => {
    set({ active, visited });
    if (active) get().show(active);
  },
  compare: (differences) => set({ differences }),
  show: (id) => {
    const page = get().history.now.nodes.find((block) => block.id === id)?.page ?? "";
    set({ goal: { id, at: Date.now() }, ...(page !== get().page ? { page } : {}) });
  },
}));

/** Only what is still there stays chosen. */
function after(history: History<Drawing>, selected: ReadonlySet<string>): Partial<Editor> {
  const here = new Set([...history.now.nodes, ...(history.now.notes ?? [])].map((one) => one.id));
  return { history, selected: new Set([...selected].filter((id) => here.has(id))) };
}

function levelsOf(checked: Checked | null): Record<string, Level> {
  const found: Record<string, Level> = {};
  for (const { node, level } of checked?.problems ?? []) {
    const rank = RANK.indexOf(level as Level);
    if (node && rank > RANK.indexOf(found[node] as Level)) found[node] = level as Level;
  }
  return found;
}

export const blockOf = (id: string) => (state: Editor): Block | undefined => state.history.now.nodes.find((block) => block.id === id);

/** Puts a block where it is dropped or, without a spot, to the right of the chosen one, and joins it to that one's free output. */
export function addBlock(app: string, spot?: Spot, from?: { from: string; port: string }, onWire?: { from: string; port: string }): string {
  const { act, select, history, catalogue, selected, page } = useEditor.getState();
  const drawing = history.now;
  const id = drawings.freshId(drawing);
  const [only] = selected;
  const before = drawing.nodes.find((one) => one.id === (from?.from ?? (selected.size === 1 ? only : drawings.START)));
  const place = spot ?? (before ? roomFor(drawing, { x: before.x + drawings.WIDTH + 96, y: before.y }) : { x: 0, y: 0 });
  const application = catalogue.get(app);
  const block: Block = { id, app, x: Math.round(place.x), y: Math.round(place.y), args: app === "customCode" ? {} : firstArgs(application), ...(page ? { page } : {}) };
  const free = from ?? (spot || !before ? undefined : freePort(drawing, before, catalogue));
  act((now) => {
    const grown = drawings.add(now, block, free);
    return onWire ? drawings.insertOn(grown, onWire, id, portsOf(catalogue, block).some((port) => port.id === OUT)) : grown;
  });
  select([id]);
  return id;
}

function freePort(drawing: Drawing, block: Block, catalogue: Catalogue): { from: string; port: string } | undefined {
  const used = new Set(drawing.edges.filter((edge) => edge.from === block.id).map((edge) => edge.port));
  const port = portsOf(catalogue, block).find((one) => !used.has(one.id));
  return port && { from: block.id, port: port.id };
}

/** Further down while another block stands there. */
function roomFor(drawing: Drawing, spot: Spot): Spot {
  const taken = drawing.nodes.some((one) => Math.abs(one.x - spot.x) < drawings.WIDTH && Math.abs(one.y - spot.y) < drawings.HEIGHT + 24);
  return taken ? roomFor(drawing, { x: spot.x, y: spot.y + drawings.HEIGHT + 40 }) : spot;
}

/** Takes a changed block in; wires of outputs that it has no more go. */
export function changeBlock(id: string, changes: Partial<Block>, mark: string): void {
  const { act, catalogue } = useEditor.getState();
  act((now) => {
    const next = drawings.change(now, id, changes);
    const block = next.nodes.find((one) => one.id === id);
    return block ? drawings.keepPorts(next, id, portsOf(catalogue, block).map((port) => port.id)) : next;
  }, mark);
}

export function removeSelected(): void {
  const { act, selected, select, wires, selectWires } = useEditor.getState();
  act((now) => {
    const cut = [...wires].map(wireOf).reduce((drawn, wire) => drawings.disconnect(drawn, wire.from, wire.port), now);
    return drawings.remove(cut.edges.length === now.edges.length ? now : cut, selected);
  });
  select([]);
  selectWires([]);
}

export const keyOfWire = (wire: Pick<Wire, "from" | "port">) => `${wire.from}|${wire.port}`;
export const wireOf = (key: string) => ({ from: key.slice(0, key.indexOf("|")), port: key.slice(key.indexOf("|") + 1) });
