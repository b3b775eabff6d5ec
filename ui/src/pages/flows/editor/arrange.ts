/** Places: all blocks from left to right, and guides while one is dragged. */
import dagre from "@dagrejs/dagre";
import { type Block, type Drawing, HEIGHT, move, PORT_HEIGHT, type Spot, WIDTH } from "./drawing";

export function heightOf(ports: number): number {
  return HEIGHT + PORT_HEIGHT * Math.max(0, ports - 1);
}

/** The same drawing always gives the same places. `only` arranges those and keeps the corner where they stood. */
export function arranged(drawing: Drawing, outputs: (block: Block) => number, only?: ReadonlySet<string>): Drawing {
  const blocks = drawing.nodes.filter((block) => !only || only.has(block.id)).sort(byId);
  if (blocks.length === 0) return drawing;
  const spots = new Map<string, Spot>();
  for (const page of new Set(blocks.map((block) => block.page ?? ""))) {
    const here = blocks.filter((block) => (block.page ?? "") === page);
    for (const [id, spot] of laidOut(drawing, here, outputs, Boolean(only))) spots.set(id, spot);
  }
  return move(drawing, spots);
}

const byId = (a: Block, b: Block) => a.id.localeCompare(b.id, "en", { numeric: true });

function laidOut(drawing: Drawing, blocks: Block[], outputs: (block: Block) => number, keepCorner: boolean): Map<string, Spot> {
  const graph = new dagre.graphlib.Graph();
  graph.setGraph({ rankdir: "LR", nodesep: 40, ranksep: 96 });
  graph.setDefaultEdgeLabel(() => ({}));
  const here = new Set(blocks.map((block) => block.id));
  /** As high above the line of In and Out as below it, so that blocks of one line have these at one height. */
  for (const block of blocks) graph.setNode(block.id, { width: WIDTH, height: 2 * heightOf(outputs(block)) - HEIGHT });
  const wires = drawing.edges.filter((edge) => here.has(edge.from) && here.has(edge.to) && !edge.jump);
  for (const wire of [...wires].sort((a, b) => `${a.from} ${a.port}`.localeCompare(`${b.from} ${b.port}`, "en", { numeric: true }))) {
    graph.setEdge(wire.from, wire.to);
  }
  dagre.layout(graph);
  const corner = keepCorner ? { x: Math.min(...blocks.map((one) => one.x)), y: Math.min(...blocks.map((one) => one.y)) } : { x: 0, y: 0 };
  const placed = blocks.map((block) => {
    const { x, y } = graph.node(block.id) as Spot;
    return { id: block.id, x: x - WIDTH / 2, y: y - HEIGHT / 2 };
  });
  const left = Math.min(...placed.map((one) => one.x));
  const top = Math.min(...placed.map((one) => one.y));
  return new Map(placed.map((one) => [one.id, { x: Math.round(one.x - left + corner.x), y: Math.round(one.y - top + corner.y) }]));
}

const NEAR = 6;
export interface Guides {
  x: number | null;
  y: number | null;
}

/** The edges of other blocks that a dragged one is about to line up with. */
export function guidesOf(spot: Spot, others: Iterable<Spot>): Guides {
  let [x, y] = [null, null] as [number | null, number | null];
  for (const other of others) {
    if (Math.abs(other.x - spot.x) <= Math.min(NEAR, x === null ? NEAR : Math.abs(x - spot.x))) x = other.x;
    if (Math.abs(other.y - spot.y) <= Math.min(NEAR, y === null ? NEAR : Math.abs(y - spot.y))) y = other.y;
  }
  return { x, y };
}
