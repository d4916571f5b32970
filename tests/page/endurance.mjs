// Trains for some minutes in real Chromium and prints what that does to the page: no part of the suite.
//
//   node tests/page/endurance.mjs [--minutes 3] [--view train] [--lesson inception] [--plain]
//
// --plain serves the page without the headers that threads need, so that it runs the build with one thread. A line each
// quarter of a minute: batches, the main thread's longest task since training began and how many there were of 50 ms and
// more (the browser's "longtask" entries name no shorter ones), frames a second, the JS heap, the page's own program, and all
// that the tab's process holds, the training worker included.
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { launch, open, serve, until } from "./support/browser.mjs";
import { servePlainly } from "./support/plain_server.mjs";

const { values } = parseArgs({ options: { minutes: { type: "string", default: "3" }, view: { type: "string", default: "train" }, lesson: { type: "string", default: "inception" }, plain: { type: "boolean", default: false } } });
const minutes = Number(values.minutes);
const EVERY = 15; // seconds between two lines
const MB = 1024 * 1024;

// Runs in the page: collects long tasks, frames, and the WebAssembly memories that its scripts make.
function watch() {
  const seen = (globalThis.endurance = { tasks: [], frames: 0, memories: [] });
  new PerformanceObserver((list) => seen.tasks.push(...list.getEntries().map(({ startTime, duration }) => ({ startTime, duration })))).observe({ type: "longtask" });
  const frame = () => {
    seen.frames += 1;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  const { Memory } = WebAssembly;
  for (const name of ["instantiate", "instantiateStreaming"]) {
    const original = WebAssembly[name];
    WebAssembly[name] = async (...given) => {
      const result = await original.apply(WebAssembly, given);
      const { exports } = result.instance ?? result;
      for (const value of Object.values(exports)) if (value instanceof Memory) seen.memories.push(value);
      return result;
    };
  }
  WebAssembly.Memory = class extends Memory {
    constructor(...given) {
      super(...given);
      seen.memories.push(this);
    }
  };
}

// Resident memory of the tab's process, in bytes: of the largest renderer. Linux.
async function resident(session) {
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  const sizes = processInfo.filter(({ type }) => type === "renderer").map(({ id }) => Number(readFileSync(`/proc/${id}/status`, "utf8").match(/VmRSS:\s+(\d+)/)[1]));
  return 1024 * Math.max(...sizes);
}

const server = values.plain ? await servePlainly() : await serve();
const browser = await launch();
try {
  const page = await open(browser, server.url, { init: watch, hash: `#lesson=${values.lesson}&view=${values.view}&lang=en&epochs=100` });
  const session = await page.context().newCDPSession(page);
  const whole = await browser.newBrowserCDPSession();
  await page.evaluate(() => lab.train.start());
  await until(page, () => lab.train.status().step > 20, undefined, 240_000);
  await page.evaluate(() => Object.assign(endurance, { tasks: [], frames: 0 }));
  const { threads } = await page.evaluate(() => lab.train.status());
  console.log(`${threads} ${threads === 1 ? "thread" : "threads"}, lesson ${values.lesson}, view ${values.view}, ${minutes} minutes`);
  console.log("seconds   batch  images/s  frames/s  longest task  all above 50 ms  JS heap  page's program   the tab");
  const begun = Date.now();
  let frames = 0;
  for (let at = EVERY; at <= minutes * 60; at += EVERY) {
    await page.waitForTimeout(begun + 1000 * at - Date.now());
    await session.send("HeapProfiler.collectGarbage");
    const now = await page.evaluate(() => ({
      ...lab.train.status(),
      frames: endurance.frames,
      tasks: endurance.tasks.map(({ duration }) => duration),
      heap: performance.memory.usedJSHeapSize,
      wasm: endurance.memories.map(({ buffer }) => buffer.byteLength).reduce((a, b) => a + b, 0),
    }));
    const longest = now.tasks.length > 0 ? `${Math.round(Math.max(...now.tasks))} ms` : "< 50 ms";
    const cells = [at, now.step, Math.round(now.imagesPerSecond), Math.round((now.frames - frames) / EVERY), longest, now.tasks.length, `${(now.heap / MB).toFixed(1)} MB`, `${(now.wasm / MB).toFixed(0)} MB`, `${((await resident(whole)) / MB).toFixed(0)} MB`];
    console.log(cells.map((cell, i) => String(cell).padStart([7, 8, 10, 10, 14, 17, 9, 16, 10][i])).join(""));
    frames = now.frames;
  }
  if (page.problems.length > 0) console.log(page.problems.join("\n"));
} finally {
  await browser.close();
  server.close();
}
