/** What has changed between two drawings, block by block. */
import type { Block, Drawing } from "./drawing";
import type { Difference } from "./store";

const said = (block: Block) => JSON.stringify([block.app, block.args ?? "", block.meta ?? {}, block.description ?? ""]);

/** Of blocks now: those that were not there, and those that do something else; wires count with the block that they leave. */
export function differencesOf(before: Drawing, now: Drawing): Record<string, Difference> {
  const old = new Map(before.nodes.map((block) => [block.id, block]));
  const wires = (drawing: Drawing, id: string) => JSON.stringify(drawing.edges.filter((edge) => edge.from === id).map((edge) => `${edge.port}>${edge.to}`).sort());
  const found: Record<string, Difference> = {};
  for (const block of now.nodes) {
    const was = old.get(block.id);
    if (!was || was.app !== block.app) found[block.id] = "added";
    else if (said(was) !== said(block) || wires(before, block.id) !== wires(now, block.id)) found[block.id] = "changed";
  }
  return found;
}

/** Blocks of before that are no more. */
export function removedFrom(before: Drawing, now: Drawing): Block[] {
  const here = new Map(now.nodes.map((block) => [block.id, block.app]));
  return before.nodes.filter((block) => here.get(block.id) !== block.app);
}
