/** The drawing and every way to change it. All pure: a change answers a new drawing and leaves the old one as it was. */

export type Args = Record<string, unknown>;
export interface Block {
  id: string;
  app: string;
  args?: unknown;
  meta?: Args;
  x: number;
  y: number;
  description?: string;
  page?: string;
}
export interface Wire {
  from: string;
  port: string;
  to: string;
  jump?: boolean;
}
export interface Note {
  id: string;
  text: string;
  x: number;
  y: number;
  width?: number;
  height?: number;
  page?: string;
}
export interface Drawing {
  format: "outdial";
  version: number;
  nodes: Block[];
  edges: Wire[];
  notes?: Note[];
  pages?: { id: string; name: string }[];
}
export interface Piece {
  format: "outdial-blocks";
  nodes: Block[];
  edges: Wire[];
  notes: Note[];
}
export interface Spot {
  x: number;
  y: number;
}

export const START = "start";
export const WIDTH = 240;
export const HEIGHT = 64;
export const PORT_HEIGHT = 24;
export const GRID = 8;

export const empty = (): Drawing => ({
  format: "outdial", version: 1, nodes: [{ id: START, app: START, x: 0, y: 0 }], edges: [], notes: [], pages: [],
});

export function isDrawing(payload: unknown): payload is Drawing {
  return typeof payload === "object" && payload !== null && (payload as Drawing).format === "outdial" && Array.isArray((payload as Drawing).nodes);
}

/** The next number that no block and no note has. */
export function freshId(drawing: Drawing): string {
  const used = [...drawing.nodes, ...(drawing.notes ?? [])].map((one) => Number(/\d+$/.exec(one.id)?.[0] ?? 0));
  return String(Math.max(0, ...used) + 1);
}

export function add(drawing: Drawing, block: Block, after?: { from: string; port: string }): Drawing {
  const grown = { ...drawing, nodes: [...drawing.nodes, block] };
  return after ? connect(grown, { ...after, to: block.id }) : grown;
}

/** One wire leaves a port: a new one takes the place of the old. Nothing leads to Start. */
export function connect(drawing: Drawing, wire: Wire): Drawing {
  if (wire.to === START) return drawing;
  return { ...drawing, edges: [...drawing.edges.filter((edge) => !leaves(edge, wire)), wire] };
}

export function disconnect(drawing: Drawing, from: string, port: string): Drawing {
  return { ...drawing, edges: drawing.edges.filter((edge) => !leaves(edge, { from, port })) };
}

const leaves = (edge: Wire, place: { from: string; port: string }) => edge.from === place.from && edge.port === place.port;

/** A block in the middle of a wire: what came after now comes after the block, if it has an Out. */
export function insertOn(drawing: Drawing, wire: { from: string; port: string }, id: string, hasOut: boolean): Drawing {
  const old = drawing.edges.find((edge) => leaves(edge, wire));
  if (!old || old.to === id || old.from === id) return drawing;
  const split = connect(drawing, { from: old.from, port: old.port, to: id });
  return hasOut && !split.edges.some((edge) => leaves(edge, { from: id, port: "out" })) ? connect(split, { from: id, port: "out", to: old.to }) : split;
}

/** Start stays. What led to a block that is gone leads on to what came after it. */
export function remove(drawing: Drawing, ids: Iterable<string>): Drawing {
  const gone = new Set(ids);
  gone.delete(START);
  if (gone.size === 0) return drawing;
  const next = (id: string, seen = new Set<string>()): string | undefined => {
    if (!gone.has(id)) return id;
    if (seen.has(id)) return undefined;
    const out = drawing.edges.find((edge) => edge.from === id && edge.port === "out");
    return out && next(out.to, seen.add(id));
  };
  const edges = drawing.edges.flatMap((edge) => {
    if (gone.has(edge.from)) return [];
    const to = next(edge.to);
    if (to === edge.to) return [edge];
    return to && to !== edge.from ? [{ from: edge.from, port: edge.port, to }] : [];
  });
  return {
    ...drawing,
    nodes: drawing.nodes.filter((block) => !gone.has(block.id)),
    edges,
    notes: drawing.notes?.filter((note) => !gone.has(note.id)),
  };
}

export function change(drawing: Drawing, id: string, changes: Partial<Block>): Drawing {
  return { ...drawing, nodes: drawing.nodes.map((block) => (block.id === id ? { ...block, ...changes } : block)) };
}

export function changeNote(drawing: Drawing, id: string, changes: Partial<Note>): Drawing {
  return { ...drawing, notes: (drawing.notes ?? []).map((note) => (note.id === id ? { ...note, ...changes } : note)) };
}

/** Wires whose output is no more go with it. */
export function keepPorts(drawing: Drawing, id: string, ports: string[]): Drawing {
  return { ...drawing, edges: drawing.edges.filter((edge) => edge.from !== id || ports.includes(edge.port)) };
}

export function move(drawing: Drawing, spots: ReadonlyMap<string, Spot>): Drawing {
  const moved = <T extends { id: string } & Spot>(one: T): T => {
    const spot = spots.get(one.id);
    return spot && (spot.x !== one.x || spot.y !== one.y) ? { ...one, x: Math.round(spot.x), y: Math.round(spot.y) } : one;
  };
  return { ...drawing, nodes: drawing.nodes.map(moved), notes: drawing.notes?.map(moved) };
}

/** What is chosen, as a text can carry it; wires inside it stay. */
export function copy(drawing: Drawing, ids: Iterable<string>): Piece {
  const chosen = new Set(ids);
  chosen.delete(START);
  return {
    format: "outdial-blocks",
    nodes: drawing.nodes.filter((block) => chosen.has(block.id)),
    edges: drawing.edges.filter((edge) => chosen.has(edge.from) && chosen.has(edge.to)),
    notes: (drawing.notes ?? []).filter((note) => chosen.has(note.id)),
  };
}

/** With new ids, and with tags only where no block has them yet. Answers the ids of what was put in, too. */
export function paste(drawing: Drawing, piece: Piece, at: Spot, page = ""): [Drawing, string[]] {
  let next = Number(freshId(drawing));
  const renamed = new Map([...piece.nodes, ...piece.notes].map((one) => [one.id, String(next++)]));
  const left = Math.min(...[...piece.nodes, ...piece.notes].map((one) => one.x));
  const top = Math.min(...[...piece.nodes, ...piece.notes].map((one) => one.y));
  const tags = new Set(drawing.nodes.map((block) => block.meta?.["tag"]).filter(Boolean));
  const put = <T extends { id: string; page?: string } & Spot>(one: T): T => {
    const { page: _, ...rest } = one;
    const placed = { ...rest, id: renamed.get(one.id) ?? one.id, x: Math.round(one.x - left + at.x), y: Math.round(one.y - top + at.y) } as T;
    return page ? { ...placed, page } : placed;
  };
  const nodes = piece.nodes.map((block) => {
    const { tag, _id: __, ...meta } = block.meta ?? {};
    const kept = tag && !tags.has(tag) ? { ...meta, tag } : meta;
    const { meta: ___, ...rest } = put(block);
    return (Object.keys(kept).length > 0 ? { ...rest, meta: kept } : rest) as Block;
  });
  const edges = piece.edges.map((edge) => ({ ...edge, from: renamed.get(edge.from) ?? "", to: renamed.get(edge.to) ?? "" }));
  const notes = piece.notes.map(put);
  const grown = { ...drawing, nodes: [...drawing.nodes, ...nodes], edges: [...drawing.edges, ...edges], notes: [...(drawing.notes ?? []), ...notes] };
  return [grown, [...renamed.values()]];
}

/** A copied piece, or null when the text is something else. */
export function pieceOf(value: unknown): Piece | null {
  const piece = value as Piece;
  const lists = typeof value === "object" && value !== null && Array.isArray(piece.nodes) && Array.isArray(piece.edges);
  return lists && piece.format === "outdial-blocks" ? { ...piece, notes: Array.isArray(piece.notes) ? piece.notes : [] } : null;
}

/** A drawing's blocks without its Start, to be pasted. */
export function pieceFrom(drawing: Drawing): Piece {
  return copy(drawing, [...drawing.nodes, ...(drawing.notes ?? [])].map((one) => one.id));
}
