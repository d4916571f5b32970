// Real Chromium on the built page, and what every test wants from it.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../../..");
export const PAGE = resolve(root, process.env.CNNLAB_PAGE ?? "build/page");
const CHROMIUM = process.env.CHROMIUM ?? ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);
const FLAGS = [
  "--no-sandbox", // the tests also run as root, in containers
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-quic",
];
export const WEBGL = ["--use-angle=swiftshader", "--enable-unsafe-swiftshader"];
export const NO_WEBGL = ["--disable-gpu", "--disable-software-rasterizer", "--disable-3d-apis"];

// CNNLAB_SLOW=6 makes the main thread of every page six times slower: what a test reads too soon is not there then.
const SLOW = Number(process.env.CNNLAB_SLOW ?? 1);
// Milliseconds after which a test that waits is taken to hang. They guard against nothing else.
const PATIENCE = 90_000;

export function launch(flags = WEBGL) {
  if (!CHROMIUM) throw new Error("Chromium is needed: install it, or name it in the variable CHROMIUM");
  return chromium.launch({ executablePath: CHROMIUM, args: [...FLAGS, ...flags] });
}

/** A port of this machine that nobody listens on. */
export const freePort = () =>
  new Promise((done) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });

/** Serves the page as ./lab page does. Returns {url, close}. */
export async function serve(folder = PAGE) {
  const server = spawn(process.execPath, [join(root, "web/serve.mjs"), folder, "--port", "0"], { stdio: ["ignore", "pipe", "inherit"] });
  const url = await new Promise((done, failed) => {
    let said = "";
    server.stdout.on("data", (text) => {
      said += text;
      const address = said.match(/http:\/\/\S+/);
      if (address) done(address[0]);
    });
    server.once("exit", (code) => failed(new Error(`web/serve.mjs ended with ${code}`)));
  });
  return { url, close: () => server.kill() };
}

// Warnings that are not the page's: of Playwright, which blocks the service worker, and of the software that draws here in
// place of graphics hardware.
const NOT_OURS = [/Service Worker registration blocked by Playwright/, /GL Driver Message|swiftshader|SwiftShader/, /GPU stall due to ReadPixels/];

/**
 * Opens the page in a fresh profile. The returned page carries `problems`: console errors and warnings, failed requests,
 * requests to other origins. `ready: false` does not wait for the lab. Without a service worker, unless asked for.
 */
export async function open(browser, url, { hash = "", ready = true, init, ...options } = {}) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: "en-US", serviceWorkers: "block", ...options });
  context.setDefaultTimeout(PATIENCE * SLOW);
  const page = await context.newPage();
  if (SLOW > 1) await (await context.newCDPSession(page)).send("Emulation.setCPUThrottlingRate", { rate: SLOW });
  page.problems = [];
  page.on("console", (message) => {
    const text = message.text();
    if (["error", "warning"].includes(message.type()) && !NOT_OURS.some((known) => known.test(text))) page.problems.push(`console: ${text}`);
  });
  page.on("pageerror", (error) => page.problems.push(`error: ${error.message}`));
  page.on("requestfailed", (request) => page.problems.push(`request: ${request.url()} ${request.failure()?.errorText}`));
  page.on("response", (response) => response.status() >= 400 && page.problems.push(`response: ${response.url()} ${response.status()}`));
  page.on("request", (request) => {
    const address = new URL(request.url());
    if (!["data:", "blob:"].includes(address.protocol) && address.origin !== new URL(url).origin) page.problems.push(`other origin: ${address}`);
  });
  if (init) await page.addInitScript(init);
  await page.goto(url + hash);
  if (ready) await page.evaluate(() => window.lab.ready);
  return page;
}

/** Waits until a function in the page, called with `argument`, returns something true; returns it. */
export async function until(page, condition, argument, timeout = PATIENCE) {
  const handle = await page.waitForFunction(condition, argument, { timeout: timeout * SLOW, polling: 50 });
  return handle.jsonValue();
}

/**
 * Waits until a part of the page keeps its place over some frames: fonts have come, what is in sight was laid out, nothing
 * scrolls. To be called before places are compared, or pressed by their coordinates.
 */
export const still = (locator) =>
  locator.evaluate(async (part) => {
    const place = () => JSON.stringify([document.documentElement.scrollHeight, part.getBoundingClientRect()]);
    await document.fonts.ready;
    for (let same = 0, last = place(); same < 3; ) {
      await new Promise((done) => requestAnimationFrame(done));
      const now = place();
      same = now === last ? same + 1 : 0;
      last = now;
    }
  });
