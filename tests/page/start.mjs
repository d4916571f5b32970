// Prints how long the page takes until it shows something, and until the lab can be used, in real Chromium: no part of the suite.
//
//   node tests/page/start.mjs [--loads 7]
//
// Each load is in a new tab of a browser that runs already, and from an address where it has not been: nothing is cached. (A new
// window, or a browser that is started for it, loads several hundred files for its own surface at the same time.)
import { parseArgs } from "node:util";
import { launch, serve } from "./support/browser.mjs";

const { values } = parseArgs({ options: { loads: { type: "string", default: "7" } } });
const FORMS = { phone: { width: 390, height: 844 }, desktop: { width: 1440, height: 900 } };
const REST = 1000; // milliseconds, so that what the last tab began is done

// Runs in the page: asks for the lab as soon as that can be asked for.
function askForLab() {
  const asking = setInterval(() => {
    const ready = globalThis.lab?.ready; // until then "lab" is the element of that id
    if (!ready) return;
    clearInterval(asking);
    ready.then(() => (globalThis.readyAt = performance.now()));
  }, 5);
}

async function load(context) {
  const server = await serve();
  const page = await context.newPage();
  try {
    await page.addInitScript(askForLab);
    await page.goto(server.url, { waitUntil: "commit" });
    await page.waitForFunction(() => globalThis.readyAt);
    return await page.evaluate(() => ({ shown: performance.getEntriesByName("first-contentful-paint")[0].startTime, usable: readyAt }));
  } finally {
    await page.close();
    server.close();
  }
}

for (const [form, viewport] of Object.entries(FORMS)) {
  const browser = await launch();
  try {
    const context = await browser.newContext({ viewport, locale: "en-US", serviceWorkers: "block" });
    const other = await context.newPage();
    await other.waitForTimeout(4 * REST);
    const times = [];
    for (let i = 0; i < Number(values.loads); ++i) {
      times.push(await load(context));
      await other.waitForTimeout(REST);
    }
    for (const what of ["shown", "usable"]) {
      const sorted = times.map((time) => Math.round(time[what])).sort((a, b) => a - b);
      console.log(`${form}: ${what} after ${sorted[sorted.length >> 1]} ms (${sorted[0]} to ${sorted.at(-1)})`);
    }
  } finally {
    await browser.close();
  }
}
