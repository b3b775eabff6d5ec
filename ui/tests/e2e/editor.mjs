/** The flow editor as its user has it: drawing, settings, undo, arranging, JSON both ways, badges, run, versions, keys. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

const axeSource = await readFile(fileURLToPath(import.meta.resolve("axe-core/axe.min.js")), "utf8");

async function accessible(page) {
  await page.evaluate(axeSource);
  const { violations } = await page.evaluate(() => window.axe.run());
  const serious = violations.filter((one) => ["serious", "critical"].includes(one.impact));
  assert.deepEqual(serious.map((one) => [one.id, one.nodes[0].html]), []);
}

const nodes = (page) => page.locator(".react-flow__node");
const node = (page, app) => page.locator(`.react-flow__node[aria-label^="${app} "]`).first();
const edges = (page) => page.locator(".react-flow__edge");

async function counts(page, blocks, wires) {
  await page.waitForFunction(
    ([b, w]) => document.querySelectorAll(".react-flow__node").length === b && document.querySelectorAll(".react-flow__edge").length === w,
    [blocks, wires],
  );
}

async function middleOf(locator) {
  const box = await locator.boundingBox();
  return [box.x + box.width / 2, box.y + box.height / 2];
}

async function wire(page, from, port, to) {
  const [x, y] = await middleOf(node(page, from).locator(`.react-flow__handle.source[data-handleid="${port}"]`));
  const [toX, toY] = await middleOf(node(page, to).locator(".react-flow__handle.target"));
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move((x + toX) / 2, (y + toY) / 2 + 3, { steps: 5 });
  await page.mouse.move(toX, toY, { steps: 5 });
  await page.mouse.up();
}

async function saveAs(page, name) {
  await page.getByRole("button", { name: "Save", exact: true }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill(name);
  await dialog.getByRole("button", { name: "Save" }).click();
  await page.waitForURL(/\/flow\/\d+\/\w+/);
  await page.getByRole("button", { name: "Saved", exact: true }).waitFor();
  return /\/flow\/(\d+)\//.exec(page.url())[1];
}

/** Blocks out of view are not drawn at all. */
const showAll = (page) => page.getByRole("button", { name: "Show all" }).click();

async function open(page, base, record) {
  await page.goto(`${base}/flow/${record.id}/${record.type}`);
  await nodes(page).first().waitFor();
}

const BROKEN = [{ if: { expression: "${x} ==", then: [{ log: "a" }], else: [] } }, { hangup: "" }];
const MENU = [
  { playback: { files: [{ type: "silence", name: "1000" }], getDigits: { setVar: "choice" } } },
  { switch: { variable: "${choice}", case: { 1: [{ log: "one" }], default: [{ log: "other" }] } } },
  { hangup: "" },
];

export const tests = {
  async "a flow is drawn with drag and drop, set up, undone, arranged and saved"({ page, base, api }) {
    await page.goto(`${base}/routing/flow`);
    await page.getByRole("button", { name: "Add", exact: true }).first().click();
    await page.getByRole("button", { name: "Create", exact: true }).click();
    await nodes(page).first().waitFor();
    const pane = page.locator(".react-flow__pane");
    await page.locator('[data-app="playback"]').dragTo(pane, { targetPosition: { x: 420, y: 120 } });
    await page.locator('[data-app="hangup"]').dragTo(pane, { targetPosition: { x: 520, y: 420 } });
    await page.keyboard.press("Escape");
    await wire(page, "start", "out", "playback");
    await wire(page, "playback", "out", "hangup");
    await counts(page, 3, 2);

    await node(page, "playback").click();
    const panel = page.getByRole("region", { name: "Settings of Playback" });
    await panel.getByRole("button", { name: "Add", exact: true }).click();
    await panel.getByLabel("File type").click();
    await page.getByRole("option", { name: "Silence" }).click();
    await panel.getByLabel("Silence (ms)").fill("1500");
    await panel.getByRole("button", { name: "Add limit" }).click();
    await panel.getByRole("button", { name: "Close the settings" }).click();
    await node(page, "playback").getByText("1500 ms").waitFor();
    await node(page, "playback").getByText("Failover").waitFor();

    await node(page, "hangup").click();
    await page.keyboard.press("Delete");
    await counts(page, 2, 1);
    await page.keyboard.press("Control+z");
    await counts(page, 3, 2);
    await page.keyboard.press("Control+Shift+z");
    await counts(page, 2, 1);
    await page.getByRole("button", { name: "Undo" }).click();
    await counts(page, 3, 2);

    await page.getByRole("button", { name: "Arrange" }).click();
    const id = await saveAs(page, "Drawn by hand");
    const saved = await api("GET", `/routing/schema/${id}`);
    assert.equal(saved.editor, true);
    assert.deepEqual(saved.schema.map((step) => Object.keys(step).at(-1)), ["playback", "hangup"]);
    assert.deepEqual(saved.schema[0].playback, { files: [{ type: "silence", name: "1500" }] });
    assert.equal(saved.schema[0].limit.max, 3);
    assert.equal(new Set(saved.payload.nodes.map((one) => one.y)).size, 1);
  },

  async "keys alone draw Start, Playback and Hangup"({ page, base }) {
    await page.goto(`${base}/flow/new/voice`);
    await nodes(page).first().waitFor();
    for (const word of ["play", "hang"]) {
      await page.keyboard.press("/");
      await page.getByRole("dialog", { name: "Add a block" }).waitFor();
      await page.keyboard.type(word);
      await page.keyboard.press("Enter");
    }
    await counts(page, 3, 2);
  },

  async "a service schema offers what ends an attempt, and a voice schema does not"({ page, base }) {
    for (const [type, count] of [["service", 1], ["voice", 0]]) {
      await page.goto(`${base}/flow/new/${type}`);
      await nodes(page).first().waitFor();
      for (const app of ["success", "abandoned", "confirm", "cancel"]) assert.equal(await page.locator(`[data-app="${app}"]`).count(), count, `${app} in ${type}`);
    }
  },

  async "a wire let go on the canvas asks for the next block; a block dropped on a wire is put between"({ page, base }) {
    await page.goto(`${base}/flow/new/voice`);
    await nodes(page).first().waitFor();
    const [x, y] = await middleOf(node(page, "start").locator(".react-flow__handle.source"));
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x + 300, y, { steps: 6 });
    await page.mouse.up();
    await page.getByRole("dialog", { name: "Add a block" }).waitFor();
    await page.keyboard.type("hangup");
    await page.keyboard.press("Enter");
    await counts(page, 2, 1);
    await page.keyboard.press("Escape");
    const [midX, midY] = await middleOf(edges(page).first());
    const pane = await page.locator(".react-flow__pane").boundingBox();
    await page.locator('[data-app="playback"]').dragTo(page.locator(".react-flow__pane"), { targetPosition: { x: midX - pane.x, y: midY - pane.y }, force: true });
    await counts(page, 3, 2);
  },

  async "JSON and drawing follow each other"({ page, base, api }) {
    const record = await api("POST", "/routing/schema", { name: "Both ways", type: "voice", editor: true, schema: [{ log: "first" }, { hangup: "" }] });
    await open(page, base, record);
    await page.getByRole("button", { name: "JSON", exact: true }).click();
    const text = page.getByRole("textbox", { name: "JSON of the schema" });
    await text.getByText("hangup").first().waitFor();
    await text.click();
    await page.keyboard.press("Control+a");
    await page.keyboard.insertText('[{"log": "changed"}, {"echo": 100}, {"hangup": ""}]');
    await page.getByText("changed", { exact: true }).first().waitFor();
    await showAll(page);
    await counts(page, 4, 3);
    await node(page, "log").getByText("changed").waitFor();
    await node(page, "log").click();
    await page.getByRole("region", { name: "Settings of Log" }).getByLabel("Value").fill("from the drawing");
    await text.getByText("from the drawing").waitFor();
  },

  async "a broken flow has a badge where it is broken, and a list that leads there"({ page, base, api }) {
    const record = await api("POST", "/routing/schema", { name: "Broken", type: "voice", editor: true, schema: BROKEN });
    await open(page, base, record);
    await node(page, "if").getByRole("img", { name: /^Warning: .*does not compile/ }).waitFor();
    await page.getByRole("button", { name: /problem/ }).click();
    await page.getByRole("button", { name: /does not compile/ }).click();
    const panel = page.getByRole("region", { name: "Settings of If" });
    await panel.getByLabel("Expression").fill("1 == 1");
    await page.locator('.react-flow__node [aria-label^="Warning"]').first().waitFor({ state: "detached" });
  },

  async "a scripted caller lights the blocks that the flow goes through"({ page, base, api }) {
    const record = await api("POST", "/routing/schema", { name: "Menu", type: "voice", editor: true, schema: MENU });
    await open(page, base, record);
    await page.getByRole("button", { name: "Run", exact: true }).click();
    const side = page.getByRole("region", { name: "Run", exact: true });
    await side.getByLabel("Keys, for each question").fill("1");
    await side.getByRole("button", { name: "Run", exact: true }).click();
    await side.getByText("the flow hung up").waitFor();
    await side.getByRole("button", { name: /hung up \(/ }).click();
    await page.locator('.react-flow__node[aria-label^="hangup "] [data-active]').waitFor();
    await showAll(page);
    await page.waitForFunction(() => document.querySelectorAll("[data-visited]").length === 4);
    assert.equal(await page.locator("[data-active]").count(), 1);
    await side.getByRole("row", { name: /^choice 1$/ }).waitFor();
  },

  async "versions compare with the drawing and come back"({ page, base, api }) {
    const record = await api("POST", "/routing/schema", { name: "Versions", type: "voice", editor: true, schema: [{ log: "old" }, { hangup: "" }] });
    await api("PATCH", `/routing/schema/${record.id}`, { schema: [{ log: "new" }, { hangup: "" }], note: "said something else" });
    await open(page, base, record);
    await page.getByRole("button", { name: "Versions" }).click();
    const side = page.getByRole("region", { name: "Versions" });
    await side.getByText("said something else").waitFor();
    await side.getByRole("button", { name: "Compare with the drawing" }).last().click();
    await page.locator('.react-flow__node[aria-label^="log "] [data-difference="changed"]').waitFor();
    await side.getByRole("button", { name: "Restore" }).last().click();
    await node(page, "log").getByText("old").waitFor();
    await page.keyboard.press("Control+s");
    await page.getByRole("button", { name: "Saved", exact: true }).waitFor();
    assert.equal((await api("GET", `/routing/schema/${record.id}`)).schema[0].log, "old");
  },

  async "blocks are copied from one flow to another, and a schema is pasted as text"({ page, base, api }) {
    const record = await api("POST", "/routing/schema", { name: "Source", type: "voice", editor: true, schema: MENU });
    await open(page, base, record);
    await page.keyboard.press("Control+a");
    await page.keyboard.press("Control+c");
    await page.goto(`${base}/flow/new/voice`);
    await nodes(page).first().waitFor();
    await page.keyboard.press("Control+v");
    await page.getByText("5 blocks pasted").waitFor();
    await showAll(page);
    await counts(page, 6, 4);
    await page.evaluate(() => navigator.clipboard.writeText('[{"log": "as text"}]'));
    await page.keyboard.press("Control+v");
    await page.getByText("1 block pasted").waitFor();
    await showAll(page);
    await counts(page, 7, 4);
  },

  async "what somebody else saved meanwhile is not written over without a question"({ page, base, api }) {
    const record = await api("POST", "/routing/schema", { name: "Two people", type: "voice", editor: true, schema: [{ hangup: "" }] });
    await open(page, base, record);
    await api("PATCH", `/routing/schema/${record.id}`, { schema: [{ log: "theirs" }, { hangup: "" }] });
    await page.locator('[data-app="echo"]').click();
    await page.keyboard.press("Control+s");
    const dialog = page.getByRole("dialog", { name: "Somebody else saved this flow meanwhile" });
    await dialog.waitFor();
    assert.equal((await api("GET", `/routing/schema/${record.id}`)).schema[0].log, "theirs");
    await dialog.getByRole("button", { name: "Save mine over it" }).click();
    await page.getByRole("button", { name: "Saved", exact: true }).waitFor();
    assert.equal((await api("GET", `/routing/schema/${record.id}`)).schema.some((step) => step.log === "theirs"), false);
  },

  async "what was not saved is kept as a draft and offered again"({ page, base, api, context }) {
    const record = await api("POST", "/routing/schema", { name: "Draft", type: "voice", editor: true, schema: [{ hangup: "" }] });
    await open(page, base, record);
    await page.locator('[data-app="playback"]').click();
    await page.getByText(/^Draft saved/).waitFor();
    const again = await context.newPage();
    await open(again, base, record);
    await again.getByRole("button", { name: "Go on with the draft" }).click();
    await showAll(again);
    await node(again, "playback").waitFor();
    assert.equal((await api("GET", `/routing/schema/${record.id}`)).schema.length, 1);
  },

  async "leaving with changes asks, and keeps them"({ page, base }) {
    await page.goto(`${base}/flow/new/voice`);
    await nodes(page).first().waitFor();
    await page.locator('[data-app="hangup"]').click();
    await page.getByRole("button", { name: "Close", exact: true }).click();
    await page.getByRole("dialog").getByText("Do you want to save the changes").waitFor();
    await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
    await counts(page, 2, 1);
  },

  async "three hundred blocks are drawn, and one is dragged without drawing the others anew"({ page, base, api }) {
    const schema = [...Array.from({ length: 299 }, (_, at) => ({ log: `step ${at}` })), { hangup: "" }];
    const record = await api("POST", "/routing/schema", { name: "Long", type: "voice", editor: true, schema });
    await open(page, base, record);
    const block = nodes(page).nth(1);
    await block.waitFor();
    await page.evaluate(() => {
      window.redrawn = new Set();
      const watch = new MutationObserver((changes) => {
        for (const { target } of changes) {
          const found = (target.nodeType === 1 ? target : target.parentElement)?.closest(".react-flow__node");
          if (found) window.redrawn.add(found.getAttribute("data-id"));
        }
      });
      watch.observe(document.querySelector(".react-flow__nodes"), { attributes: true, childList: true, subtree: true, characterData: true });
    });
    const [x, y] = await middleOf(block);
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x + 10, y + 60, { steps: 10 });
    const redrawn = await page.evaluate(() => window.redrawn.size);
    await page.mouse.up();
    assert.ok(redrawn <= 2, `${redrawn} blocks were drawn anew`);
  },

  async "lists, dialogs and the editor are accessible in both themes"({ page, base, api }) {
    const record = await api("POST", "/routing/schema", { name: "For axe", type: "voice", editor: true, schema: MENU });
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme });
      await page.goto(`${base}/routing/flow`);
      await page.getByRole("link", { name: "For axe" }).waitFor();
      await accessible(page);
      await open(page, base, record);
      await node(page, "playback").click();
      await page.getByRole("region", { name: "Settings of Playback" }).waitFor();
      await accessible(page);
    }
  },
};
