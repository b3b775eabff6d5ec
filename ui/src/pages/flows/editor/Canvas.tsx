/** The canvas: React Flow over the drawing. While blocks are dragged only React Flow knows; the drawing learns when they are let go. */
import "@xyflow/react/dist/style.css";
import {
  applyNodeChanges, Background, BackgroundVariant, type Connection, ControlButton, Controls, type Edge, type FinalConnectionState, MiniMap,
  type Node, type NodeChange, ReactFlow, SelectionMode, useReactFlow, useViewport,
} from "@xyflow/react";
import { useComputedColorScheme } from "@mantine/core";
import { Flag } from "lucide-react";
import { type DragEvent, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { type Guides, guidesOf } from "./arrange";
import { type BlockNode, BlockView, type NoteNode, NoteView } from "./Block";
import { type Catalogue, portsOf } from "./catalogue";
import { type Block, connect, disconnect, type Drawing, GRID, move, type Note, type Spot, START } from "./drawing";
import classes from "./editor.module.css";
import { addBlock, keyOfWire, useEditor, wireOf } from "./store";

type Any = BlockNode | NoteNode;
export interface Ask {
  /** On the canvas. */
  spot: Spot;
  /** On the screen, from the canvas's corner. */
  at: Spot;
  from?: { from: string; port: string };
}

export const DRAGGED = "application/outdial-block";
const types = { block: BlockView, note: NoteView };
const NO_GUIDES: Guides = { x: null, y: null };
const FIT = { padding: 0.18, maxZoom: 1 };

export function Canvas({ onAsk, panelOpen }: { onAsk: (ask: Ask) => void; panelOpen: boolean }) {
  const { t } = useTranslation();
  const drawing = useEditor((state) => state.history.now);
  const catalogue = useEditor((state) => state.catalogue);
  const selected = useEditor((state) => state.selected);
  const page = useEditor((state) => state.page);
  const goal = useEditor((state) => state.goal);
  const jumps = useEditor((state) => state.checked?.jumps);
  const dark = useComputedColorScheme("light") === "dark";
  const flow = useReactFlow();
  const box = useRef<HTMLDivElement>(null);
  const [guides, setGuides] = useState<Guides>(NO_GUIDES);
  const lined = useRef(NO_GUIDES);
  const [nodes, setNodes] = useState<Any[]>([]);
  useEffect(() => setNodes((before) => nodesOf(drawing, page, catalogue, before, selected)), [drawing, page, catalogue, selected]);
  const edges = useMemo(() => edgesOf(drawing, page, jumps ?? []), [drawing, page, jumps]);
  /** A lone Start would stand in the middle; there should be room to its right. */
  const [lone] = useState(() => drawing.nodes.length === 1);
  const wires = useEditor((state) => state.wires);

  useEffect(() => {
    if (!goal) return;
    const block = useEditor.getState().history.now.nodes.find((one) => one.id === goal.id);
    if (block) void flow.setCenter(block.x + 120 + (panelOpen ? 170 : 0), block.y + 40, { zoom: Math.max(flow.getZoom(), 0.7), duration: 250 });
    // Only a new goal moves the view.
    // eslint-disable-next-line
  }, [goal]);

  const onNodesChange = useCallback((changes: NodeChange<Any>[]) => {
    const kept = changes.filter((change) => change.type !== "remove");
    setNodes((before) => applyNodeChanges(kept, before));
    const chosen = kept.filter((change) => change.type === "select");
    if (chosen.length > 0) {
      const next = new Set(useEditor.getState().selected);
      for (const change of chosen) if (change.type === "select") change.selected ? next.add(change.id) : next.delete(change.id);
      useEditor.getState().select(next);
    }
    const steps = kept.filter((change) => change.type === "position" && change.dragging === false && change.position);
    if (steps.length > 0) {
      const { x, y } = lined.current;
      const spotOf = (spot: Spot): Spot => ({ x: x ?? spot.x, y: y ?? spot.y });
      keepSpots(steps.flatMap((change) => (change.type === "position" && change.position ? [[change.id, spotOf(change.position)] as const] : [])));
    }
  }, []);

  const onConnect = (made: Connection) =>
    useEditor.getState().act((now) => connect(now, { from: made.source, port: made.sourceHandle ?? "out", to: made.target }));

  const onConnectEnd = (event: MouseEvent | TouchEvent, state: FinalConnectionState) => {
    if (state.isValid || !state.fromHandle || state.fromHandle.type !== "source" || state.toNode) return;
    const point = "changedTouches" in event ? event.changedTouches[0] : event;
    if (point) onAsk({ ...placeOf(point.clientX, point.clientY), from: { from: state.fromHandle.nodeId, port: state.fromHandle.id ?? "out" } });
  };

  const placeOf = (x: number, y: number): { spot: Spot; at: Spot } => {
    const corner = box.current?.getBoundingClientRect();
    return { spot: flow.screenToFlowPosition({ x, y }), at: { x: x - (corner?.left ?? 0), y: y - (corner?.top ?? 0) } };
  };

  const onDrop = (event: DragEvent) => {
    const app = event.dataTransfer.getData(DRAGGED);
    if (!app) return;
    event.preventDefault();
    const spot = flow.screenToFlowPosition({ x: event.clientX, y: event.clientY });
    const under = document.elementsFromPoint(event.clientX, event.clientY).map((one) => one.closest(".react-flow__edge")).find(Boolean);
    const wire = under?.getAttribute("data-id");
    addBlock(app, { x: snapped(spot.x - 120), y: snapped(spot.y - 32) }, undefined, wire ? wireOf(wire) : undefined);
  };

  const onDrag = (_: unknown, node: Node) => {
    if (useEditor.getState().selected.size > 1) return;
    const found = guidesOf(node.position, nodes.filter((one) => one.id !== node.id).map((one) => one.position));
    if (found.x !== guides.x || found.y !== guides.y) line(found);
  };
  const line = (found: Guides) => {
    lined.current = found;
    setGuides(found);
  };

  return (
    <div ref={box} style={{ position: "absolute", inset: 0 }} onDrop={onDrop} onDragOver={(event) => event.dataTransfer.types.includes(DRAGGED) && event.preventDefault()}
      onDoubleClick={(event) => (event.target as Element).classList.contains("react-flow__pane") && onAsk(placeOf(event.clientX, event.clientY))}>
      <ReactFlow<Any>
        nodes={nodes}
        edges={edges.map((edge) => (wires.has(edge.id) ? { ...edge, selected: true } : edge))}
        nodeTypes={types}
        onNodesChange={onNodesChange}
        onEdgesChange={(changes) => {
          const next = new Set(wires);
          for (const change of changes) if (change.type === "select") change.selected ? next.add(change.id) : next.delete(change.id);
          useEditor.getState().selectWires(next);
        }}
        onConnect={onConnect}
        onConnectEnd={onConnectEnd}
        onReconnect={(old, made) =>
          useEditor.getState().act((now) =>
            connect(disconnect(now, old.source, old.sourceHandle ?? "out"), { from: made.source, port: made.sourceHandle ?? "out", to: made.target }))
        }
        isValidConnection={(made) => made.target !== START}
        onNodeDrag={onDrag}
        onNodeDragStop={() => line(NO_GUIDES)}
        snapToGrid
        snapGrid={[GRID, GRID]}
        onlyRenderVisibleElements
        selectionMode={SelectionMode.Partial}
        selectionOnDrag
        panOnDrag={[1, 2]}
        panOnScroll
        multiSelectionKeyCode={["Shift", "Control", "Meta"]}
        zoomOnDoubleClick={false}
        minZoom={0.1}
        fitView={!lone}
        {...(lone ? { defaultViewport: { x: 90, y: 260, zoom: 1 } } : {})}
        fitViewOptions={FIT}
        colorMode={dark ? "dark" : "light"}
        deleteKeyCode={null}
        proOptions={{ hideAttribution: true }}
        aria-label={t("flows.canvas")}
        ariaLabelConfig={{
          "controls.ariaLabel": t("flows.fit"), "controls.zoomIn.ariaLabel": t("flows.zoomIn"), "controls.zoomOut.ariaLabel": t("flows.zoomOut"),
          "controls.fitView.ariaLabel": t("flows.showAll"), "minimap.ariaLabel": t("flows.minimap"),
        }}
      >
        <Background variant={BackgroundVariant.Dots} gap={GRID * 3} size={1.4} />
        <Controls fitViewOptions={FIT} showInteractive={false}>
          <ControlButton aria-label={t("flows.toStart")} title={t("flows.toStart")} onClick={() => useEditor.getState().show(START)}>
            <Flag />
          </ControlButton>
        </Controls>
        <MiniMap pannable zoomable nodeColor="#8b91a6" style={{ width: 150, height: 100, right: panelOpen ? 358 : 0 }} />
      </ReactFlow>
      <GuideLines guides={guides} />
    </div>
  );
}

const snapped = (value: number) => Math.round(value / GRID) * GRID;

function keepSpots(spots: (readonly [string, Spot])[]): void {
  useEditor.getState().act((now) => {
    const next = move(now, new Map(spots));
    const same = next.nodes.every((one, at) => one === now.nodes[at]) && (next.notes ?? []).every((one, at) => one === now.notes?.[at]);
    return same ? now : next;
  });
}

function GuideLines({ guides }: { guides: Guides }) {
  const view = useViewport();
  return (
    <>
      {guides.x !== null && <div className={classes["guide"]} style={{ left: guides.x * view.zoom + view.x, top: 0, bottom: 0, width: 1 }} />}
      {guides.y !== null && <div className={classes["guide"]} style={{ top: guides.y * view.zoom + view.y, left: 0, right: 0, height: 1 }} />}
    </>
  );
}

/** Blocks that have not changed stay the very same objects: React draws only what did. */
function nodesOf(drawing: Drawing, page: string, catalogue: Catalogue, before: Any[], selected: ReadonlySet<string>): Any[] {
  const known = new Map(before.map((node) => [node.id, node]));
  const blocks = drawing.nodes.filter((block) => (block.page ?? "") === page).map((block) => blockNode(block, catalogue, known.get(block.id), selected.has(block.id)));
  const notes = (drawing.notes ?? []).filter((note) => (note.page ?? "") === page).map((note) => noteNode(note, known.get(note.id), selected.has(note.id)));
  return [...notes, ...blocks];
}

function blockNode(block: Block, catalogue: Catalogue, old: Any | undefined, selected: boolean): BlockNode {
  const same = old?.type === "block" && old.data.block === block && old.selected === selected && old.position.x === block.x && old.position.y === block.y;
  if (same) return old;
  const group = catalogue.get(block.app)?.group ?? "";
  const data = old?.type === "block" && old.data.block === block ? old.data : { block, ports: portsOf(catalogue, block), group };
  return {
    ...(old?.type === "block" ? old : {}), id: block.id, type: "block", position: { x: block.x, y: block.y }, selected, data, dragging: false,
    ariaLabel: `${block.app} ${block.id}`, deletable: block.id !== START,
  };
}

function noteNode(note: Note, old: Any | undefined, selected: boolean): NoteNode {
  if (old?.type === "note" && old.data.note === note && old.selected === selected && old.position.x === note.x && old.position.y === note.y) return old;
  return { ...(old?.type === "note" ? old : {}), id: note.id, type: "note", position: { x: note.x, y: note.y }, data: { note }, selected, zIndex: -1, dragging: false };
}

function edgesOf(drawing: Drawing, page: string, jumps: { from: string; port: string }[]): Edge[] {
  const here = new Set(drawing.nodes.filter((block) => (block.page ?? "") === page).map((block) => block.id));
  const jumping = new Set(jumps.map(keyOfWire));
  return drawing.edges
    .filter((wire) => here.has(wire.from) && here.has(wire.to))
    .map((wire) => {
      const id = keyOfWire(wire);
      return {
        id, source: wire.from, sourceHandle: wire.port, target: wire.to, interactionWidth: 22, reconnectable: true, ariaLabel: `${wire.from} → ${wire.to}`,
        ...(jumping.has(id) ? { className: "jump", type: "smoothstep" } : {}),
      };
    });
}
