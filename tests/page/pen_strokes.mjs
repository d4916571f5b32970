// Draws digits by real pointer events in Chromium and counts how many the shipped weights read:
//
//   node tests/page/pen_strokes.mjs FILE.jsonl.gz [--limit N] [--lesson ID]
//
// One JSON object a line: {"label": 7, "writer": "…", "strokes": [[[x, y], …], …]}, y downwards, in any unit.
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { gunzipSync } from "node:zlib";
import { launch, open, serve } from "./support/browser.mjs";
import { drawWithMouse, fit } from "./support/draw.mjs";

const { positionals, values } = parseArgs({ allowPositionals: true, options: { limit: { type: "string" }, lesson: { type: "string", default: "inception" } } });
if (positionals.length !== 1 || (values.limit && !/^[1-9]\d*$/.test(values.limit))) {
  console.error("usage: node tests/page/pen_strokes.mjs FILE.jsonl.gz [--limit N] [--lesson ID]");
  process.exit(2);
}
const bytes = readFileSync(positionals[0]);
const text = (bytes[0] === 0x1f ? gunzipSync(bytes) : bytes).toString("utf8");
const samples = text.split("\n").filter(Boolean).slice(0, Number(values.limit ?? Infinity)).map((line) => JSON.parse(line));

const server = await serve();
const browser = await launch();
const start = performance.now();
let right = 0;
const mistakes = new Map();
try {
  const page = await open(browser, server.url, { hash: `#lesson=${values.lesson}` });
  const session = await page.context().newCDPSession(page);
  const pad = await page.evaluate(() => lab.drawPad());
  for (const { label, strokes } of samples) {
    await page.evaluate(() => lab.clear());
    await drawWithMouse(session, fit(strokes, pad));
    const read = await page.evaluate(() => lab.prediction()?.digit);
    if (read === label) ++right;
    else mistakes.set(`${label} as ${read}`, (mistakes.get(`${label} as ${read}`) ?? 0) + 1);
  }
} finally {
  await browser.close();
  server.close();
}
const share = ((100 * right) / samples.length).toFixed(2);
console.log(`${right} of ${samples.length} drawn digits were read: ${share} % (${((performance.now() - start) / 1000).toFixed(0)} s)`);
const worst = [...mistakes].sort((a, b) => b[1] - a[1]).slice(0, 10);
if (worst.length > 0) console.log(`most often wrong: ${worst.map(([what, times]) => `${what} (${times})`).join(", ")}`);
