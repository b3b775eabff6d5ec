import { describe, expect, it } from "vitest";
import { arranged, heightOf } from "./arrange";
import * as drawings from "./drawing";
import type { Drawing } from "./drawing";
import { act, begin, redo, undo } from "./history";

/** The same numbers each time, for acts that look random. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * below);
  };
}

const block = (id: string, x = 0, y = 0): drawings.Block => ({ id, app: "log", args: `block ${id}`, x, y });

/** One thing that a person may do. */
function anything(drawing: Drawing, next: (below: number) => number): Drawing {
  const one = () => drawing.nodes[next(drawing.nodes.length)]?.id ?? drawings.START;
  switch (next(7)) {
    case 0:
      return drawings.add(drawing, block(drawings.freshId(drawing), next(900), next(900)), next(2) ? { from: one(), port: "out" } : undefined);
    case 1:
      return drawings.connect(drawing, { from: one(), port: "out", to: one() });
    case 2:
      return drawings.remove(drawing, [one()]);
    case 3:
      return drawings.move(drawing, new Map([[one(), { x: next(900), y: next(900) }]]));
    case 4:
      return drawings.change(drawing, one(), { args: `said ${next(1000)}` });
    case 5:
      return arranged(drawing, () => 1);
    default:
      return drawings.paste(drawing, drawings.copy(drawing, [one(), one(), one()]), { x: next(900), y: next(900) })[0];
  }
}

/** What every drawing must be, whatever was done to it. */
function holds(drawing: Drawing): void {
  const ids = drawing.nodes.map((node) => node.id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.filter((id) => id === drawings.START)).toHaveLength(1);
  const ports = drawing.edges.map((edge) => `${edge.from}|${edge.port}`);
  expect(new Set(ports).size).toBe(ports.length);
  for (const edge of drawing.edges) expect([ids.includes(edge.from), ids.includes(edge.to), edge.to !== drawings.START]).toEqual([true, true, true]);
}

describe("undo and redo", () => {
  it("give back, byte for byte, what was there before and after thirty acts of any kind", () => {
    for (let seed = 1; seed <= 60; seed += 1) {
      const next = numbers(seed);
      let history = begin(drawings.empty());
      const first = JSON.stringify(history.now);
      for (let count = 0; count < 30; count += 1) {
        history = act(history, anything(history.now, next));
        holds(history.now);
      }
      const last = JSON.stringify(history.now);
      while (history.past.length > 0) history = undo(history);
      expect(JSON.stringify(history.now)).toBe(first);
      while (history.future.length > 0) history = redo(history);
      expect(JSON.stringify(history.now)).toBe(last);
    }
  });
  it("take letters typed into one field as one step", () => {
    let history = begin("a");
    for (const text of ["ab", "abc", "abcd"]) history = act(history, text, "field");
    expect(undo(history).now).toBe("a");
    expect(undo(act(history, "x", "another field")).now).toBe("abcd");
  });
  it("forget what was undone once something else is done", () => {
    const history = act(undo(act(begin(1), 2)), 3);
    expect(redo(history).now).toBe(3);
    expect(undo(history).now).toBe(1);
  });
  it("keep a hundred steps", () => {
    let history = begin(0);
    for (let count = 1; count <= 150; count += 1) history = act(history, count);
    while (history.past.length > 0) history = undo(history);
    expect(history.now).toBe(50);
  });
});

const chain = (...ids: string[]): Drawing =>
  ids.reduce((drawn, id, at) => drawings.add(drawn, block(id), { from: at === 0 ? drawings.START : (ids[at - 1] ?? ""), port: "out" }), drawings.empty());
const wires = (drawing: Drawing) => drawing.edges.map((edge) => `${edge.from}>${edge.to}`).sort();

describe("wires", () => {
  it("close when a block in the middle goes, also when several in a row go", () => {
    expect(wires(drawings.remove(chain("1", "2", "3"), ["2"]))).toEqual(["1>3", "start>1"]);
    expect(wires(drawings.remove(chain("1", "2", "3"), ["1", "2"]))).toEqual(["start>3"]);
    expect(wires(drawings.remove(chain("1", "2"), ["2"]))).toEqual(["start>1"]);
  });
  it("let a block in when it is dropped on them", () => {
    const drawn = drawings.add(chain("1", "2"), block("9"));
    expect(wires(drawings.insertOn(drawn, { from: "1", port: "out" }, "9", true))).toEqual(["1>9", "9>2", "start>1"]);
    expect(wires(drawings.insertOn(drawn, { from: "1", port: "out" }, "9", false))).toEqual(["1>9", "start>1"]);
  });
  it("leave a port alone or not at all, and never lead to Start", () => {
    const drawn = drawings.connect(chain("1", "2"), { from: "start", port: "out", to: "2" });
    expect(wires(drawn)).toEqual(["1>2", "start>2"]);
    expect(drawings.connect(drawn, { from: "1", port: "out", to: "start" })).toBe(drawn);
  });
  it("do not go round for ever when a ring of blocks goes", () => {
    const ring = drawings.connect(chain("1", "2", "3"), { from: "3", port: "out", to: "2" });
    expect(wires(drawings.remove(ring, ["2", "3"]))).toEqual(["start>1"]);
  });
});

describe("copying", () => {
  it("takes blocks without Start, and the wires between them", () => {
    const piece = drawings.copy(chain("1", "2", "3"), ["start", "2", "3"]);
    expect(piece.nodes.map((node) => node.id)).toEqual(["2", "3"]);
    expect(piece.edges).toEqual([{ from: "2", port: "out", to: "3" }]);
  });
  it("survives as text, gets new ids and keeps distances", () => {
    const from = drawings.move(chain("1", "2"), new Map([["1", { x: 100, y: 50 }], ["2", { x: 400, y: 90 }]]));
    const piece = drawings.pieceOf(JSON.parse(JSON.stringify(drawings.copy(from, ["1", "2"]))));
    const [drawn, ids] = drawings.paste(chain("1", "2"), piece as drawings.Piece, { x: 0, y: 0 });
    expect(ids).toEqual(["3", "4"]);
    expect(drawn.nodes.slice(-2).map(({ x, y, args }) => [x, y, args])).toEqual([[0, 0, "block 1"], [300, 40, "block 2"]]);
    expect(wires(drawn)).toContain("3>4");
  });
  it("gives a tag only where no block has it yet", () => {
    const tagged = drawings.change(chain("1"), "1", { meta: { tag: "menu", limit: { max: 2 } } });
    const piece = drawings.copy(tagged, ["1"]);
    expect(drawings.paste(tagged, piece, { x: 0, y: 0 })[0].nodes.at(-1)?.meta).toEqual({ limit: { max: 2 } });
    expect(drawings.paste(drawings.empty(), piece, { x: 0, y: 0 })[0].nodes.at(-1)?.meta).toEqual({ tag: "menu", limit: { max: 2 } });
  });
  it("knows its own text from any other", () => {
    expect(drawings.pieceOf([{ hangup: "" }])).toBeNull();
    expect(drawings.pieceOf(null)).toBeNull();
  });
});

describe("arranging", () => {
  const grown = () => {
    const next = numbers(7);
    let drawn = drawings.empty();
    for (let count = 0; count < 40; count += 1) {
      const from = drawn.nodes[next(drawn.nodes.length)]?.id ?? "start";
      drawn = drawings.add(drawn, block(String(count + 1)), { from, port: `case.${count}` });
    }
    return drawn;
  };
  const outputs = (one: drawings.Block) => Number(one.id === "start" ? 1 : (Number(one.id) % 4) + 1);
  it("lets no two blocks overlap", () => {
    const { nodes } = arranged(grown(), outputs);
    for (const a of nodes) {
      for (const b of nodes) {
        if (a.id >= b.id) continue;
        const apart = Math.abs(a.x - b.x) >= drawings.WIDTH || a.y + heightOf(outputs(a)) <= b.y || b.y + heightOf(outputs(b)) <= a.y;
        expect([a.id, b.id, apart]).toEqual([a.id, b.id, true]);
      }
    }
  });
  it("is the same when done twice", () => {
    const once = arranged(grown(), outputs);
    expect(arranged(once, outputs)).toEqual(once);
  });
});
