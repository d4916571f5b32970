// How fast the WebAssembly program is in Node and in Chromium, in turns with the native one restricted to SSE4.2:
//
//   ./lab bench --web [--lesson inception] [--seconds 1] [--json]
//
// All threads, one thread, and (in Chromium) the build without threads, on noise of MNIST's size; each figure the median of
// several rounds, in each of which all take their turn.
import { parseArgs } from "node:util";
import { inChromium, inNode, natively } from "./places.mjs";
import { BATCH, TESTED } from "./measure.mjs";

const ROUNDS = 5, NATIVE = "sse4.2", WORKS = ["train", "infer", "one"];

function options() {
  try {
    const { values } = parseArgs({
      options: { lesson: { type: "string", default: "inception" }, seconds: { type: "string", default: "1" }, json: { type: "boolean", default: false } },
    });
    if (!(Number(values.seconds) > 0)) throw new Error(`--seconds needs a number above 0: ${values.seconds}`);
    return { ...values, seconds: Number(values.seconds) };
  } catch (problem) {
    console.error(`bench --web: ${problem.message}; it has --lesson ID, --seconds X and --json`);
    process.exit(2);
  }
}

function spread(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return { median: sorted[Math.floor(sorted.length / 2)], least: sorted[0], most: sorted.at(-1) };
}

/** Rows of {place, threads, train: [images/s of each round], infer, one}. */
async function measure({ lesson, seconds }) {
  const places = [];
  const open = async (name, opening) => places.push({ name, ...(await opening) });
  try {
    await open("Node", inNode("web-threads", lesson));
    await open("Chromium", inChromium("web-threads", lesson));
    await open("Chromium, build without threads", inChromium("web-single", lesson));
    const rows = new Map();
    const note = (place, threads, work, value) => {
      const key = `${place} ${threads}`;
      if (!rows.has(key)) rows.set(key, { place, threads, train: [], infer: [], one: [] });
      rows.get(key)[work].push(value);
    };
    for (let round = 0; round < ROUNDS; ++round) {
      for (const { threads, ...speeds } of natively(NATIVE, lesson, seconds / ROUNDS))
        for (const work of WORKS) note(`native, ${NATIVE}`, threads, work, speeds[work]);
      for (const { name, maxThreads, use, run } of places)
        for (const threads of new Set([1, maxThreads])) {
          await use(threads);
          for (const work of WORKS) note(name, threads, work, await run(work, seconds / ROUNDS));
        }
    }
    return [...rows.values()];
  } finally {
    for (const { close } of places) await close();
  }
}

/** Each figure beside that of the native program with as many threads, and beside the same place's with one. */
function summary(rows) {
  const ratio = (row, to) => to && to !== row && spread(row.train.map((value, round) => value / to.train[round]));
  return rows.map((row) => ({
    place: row.place,
    threads: row.threads,
    train_images_per_second: spread(row.train),
    infer_images_per_second: spread(row.infer),
    one_image_ms: spread(row.one.map((value) => 1000 / value)),
    train_ratio_to_native: ratio(row, rows.find(({ place, threads }) => place.startsWith("native") && threads === row.threads)),
    train_ratio_to_one_thread: ratio(row, rows.find(({ place, threads }) => place === row.place && threads === 1)),
  }));
}

function print(lesson, figures) {
  const whole = (s) => `${Math.round(s.median)} (${Math.round(s.least)}-${Math.round(s.most)})`;
  const times = (s) => (s ? `${s.median.toFixed(2)}x` : "");
  const cells = [["where", "threads", "train images/s", "x native", "x 1 thread", "infer images/s", "1 image, ms"]];
  for (const f of figures)
    cells.push([f.place, String(f.threads), whole(f.train_images_per_second), times(f.train_ratio_to_native), times(f.train_ratio_to_one_thread), whole(f.infer_images_per_second), f.one_image_ms.median.toFixed(2)]);
  const widths = cells[0].map((_, column) => Math.max(...cells.map((row) => row[column].length)));
  console.log(`Lesson ${lesson}: trains in batches of ${BATCH}, infers in batches of ${TESTED} (natively ${BATCH}), loading included; median (least-most) of ${ROUNDS}.`);
  for (const row of cells) console.log(row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join("  ").trimEnd());
}

const { lesson, seconds, json } = options();
try {
  const figures = summary(await measure({ lesson, seconds }));
  if (json) console.log(JSON.stringify({ lesson, rounds: ROUNDS, figures }, null, 2));
  else print(lesson, figures);
  process.exit(0); // the program's threads in Node would wait for more work
} catch (error) {
  console.error(`bench --web: ${error.message}`);
  process.exit(1);
}
