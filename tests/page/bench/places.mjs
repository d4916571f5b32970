// Where the program is measured: in Node, in Chromium, and natively. Each place offers maxThreads, use(threads),
// run(work, seconds) → images/s, and close().
import { spawnSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { dirname, extname, join, normalize, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { launch } from "../support/browser.mjs";
import { measurer } from "./measure.mjs";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../../..");
const program = (build) => `build/${build}/bin/cnnlab_web.js`;

export async function inNode(build, lesson) {
  const { fetch } = globalThis;
  delete globalThis.fetch; // Node's reads no files: without it Emscripten reads them itself
  try {
    const measure = await measurer(createRequire(import.meta.url)(join(root, program(build))), lesson);
    return { ...measure, use: measure.setThreads, close: () => {} };
  } finally {
    globalThis.fetch = fetch;
  }
}

/** This tree's files, with the headers that threads need. */
async function serve() {
  const types = { ".js": "text/javascript", ".mjs": "text/javascript", ".wasm": "application/wasm" };
  const headers = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };
  const server = createServer(async (request, response) => {
    const path = normalize(new URL(request.url, "http://localhost").pathname);
    try {
      const content = path === "/" ? "<!doctype html><title>bench</title>" : await readFile(join(root, path));
      response.writeHead(200, { ...headers, "Content-Type": types[extname(path)] ?? "text/html" }).end(content);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  return { url: `http://localhost:${server.address().port}/`, close: () => server.close() };
}

export async function inChromium(build, lesson) {
  const server = await serve();
  const browser = await launch();
  const close = async () => {
    await browser.close();
    server.close();
  };
  try {
    const page = await browser.newPage();
    await page.goto(server.url);
    await page.evaluate(() => {
      const worker = new Worker("/tests/page/bench/worker.js");
      globalThis.ask = (name, values) =>
        new Promise((done, failed) => {
          worker.onerror = ({ message }) => failed(new Error(message));
          worker.onmessage = ({ data: { value, problem } }) => (problem ? failed(new Error(problem)) : done(value));
          worker.postMessage({ name, values });
        });
    });
    const ask = (name, values) => page.evaluate(([n, v]) => ask(n, v), [name, values]);
    const maxThreads = await ask("open", { script: server.url + program(build), lesson });
    return { maxThreads, use: (threads) => ask("setThreads", { threads }), run: (work, seconds) => ask("run", { work, seconds }), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The native program with the instructions that WebAssembly's are most like; one call measures everything. */
export function natively(instructions, lesson, seconds) {
  const { status, stdout, stderr } = spawnSync(join(root, "build/cnnlab"), ["bench", "--lesson", lesson, "--instructions", instructions, "--seconds", String(seconds), "--json"], { encoding: "utf8" });
  if (status !== 0) throw new Error(stderr.trim());
  return JSON.parse(stdout).lessons[0].speeds.map((speed) => ({
    threads: speed.threads,
    train: speed.train_images_per_second.median,
    infer: speed.infer_images_per_second.median,
    one: 1000 / speed.one_image_ms.median,
  }));
}
