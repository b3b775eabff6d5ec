/** Runs tests of the site in a real browser against a real service: `node tests/e2e/run.mjs editor.mjs …`. Each file exports `tests`, by name. */
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "..", "..", "..");
const TOKEN = "token-of-the-site-tests";
const BROWSER = process.env.CHROMIUM ?? "/usr/bin/chromium";
const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

async function startService() {
  const data = await mkdtemp(join(tmpdir(), "outdial-site-"));
  const [port, sip, rtp] = [await freePort(), await freePort(), await freePort()];
  const first = rtp - (rtp % 2) > 65000 ? 40000 : rtp - (rtp % 2);
  const service = spawn(process.env.OUTDIAL ?? join(root, ".venv", "bin", "outdial"), ["serve"], {
    env: { ...process.env, OUTDIAL_DATA: data, OUTDIAL_PORT: String(port), OUTDIAL_SIP_PORT: String(sip), OUTDIAL_RTP_FIRST: String(first), OUTDIAL_RTP_LAST: String(first + 99), OUTDIAL_ADMIN_TOKEN: TOKEN },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const said = [];
  await new Promise((resolve, reject) => {
    const hear = (text) => {
      said.push(String(text));
      if (said.join("").includes("event=service.ready")) resolve();
    };
    service.stdout.on("data", hear);
    service.stderr.on("data", hear);
    service.once("exit", () => reject(new Error(`the service did not start:\n${said.join("")}`)));
  });
  const stop = async () => {
    const ended = new Promise((resolve) => service.once("exit", resolve));
    service.kill("SIGTERM");
    await ended;
    await rm(data, { recursive: true, force: true });
  };
  return { base: `http://127.0.0.1:${port}`, stop };
}

/** A door of the service; throws when it refuses. */
function doorsOf(base) {
  return async (method, path, body) => {
    const answer = await fetch(`${base}/api${path}`, { method, headers: { "X-Webitel-Access": TOKEN, "Content-Type": "application/json" }, body: body && JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  };
}

const files = process.argv.slice(2);
const { base, stop } = await startService();
const browser = await chromium.launch({ executablePath: BROWSER, args: FLAGS });
let failed = 0;
try {
  for (const file of files) {
    const { tests } = await import(join(here, file));
    for (const [name, test] of Object.entries(tests)) {
      const context = await browser.newContext({ viewport: { width: 1360, height: 850 }, locale: "en-US", reducedMotion: "reduce" });
      await context.grantPermissions(["clipboard-read", "clipboard-write"]);
      const page = await context.newPage();
      const faults = [];
      page.on("pageerror", (error) => faults.push(error.stack ?? error.message));
      try {
        await page.goto(`${base}/start?accessToken=${TOKEN}`);
        await page.locator("main h1").first().waitFor();
        await test({ page, base, api: doorsOf(base), context });
        if (faults.length > 0) throw new Error(`the page broke: ${faults.join("\n")}`);
        console.log(`ok      ${file}: ${name}`);
      } catch (error) {
        failed += 1;
        console.log(`FAILED  ${file}: ${name}\n${error.stack ?? error}`);
        if (process.env.SHOTS) await page.screenshot({ path: join(process.env.SHOTS, `${name.replace(/\W+/g, "-")}.png`) });
      } finally {
        await context.close();
      }
    }
  }
} finally {
  await browser.close();
  await stop();
}
process.exitCode = failed > 0 ? 1 : 0;
