// What a visitor downloads, compressed: the table that the build prints.
import { readdirSync, readFileSync } from "node:fs";
import { basename, extname, join, relative } from "node:path";
import { gzipSync } from "node:zlib";

const LIMIT = 1_000_000; // bytes, of what makes the page interactive

function* filesIn(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesIn(path);
    else yield path;
  }
}

// "dense", of dense.html and of weights/dense-2221a4a9fd.safetensors
const lessonOf = (name) => basename(name).match(/^\w+/)[0];

/**
 * Sizes as sent with gzip, by kind of file, and of all that makes the page interactive: everything but data and recorded runs, in the larger of
 * the WebAssembly builds, with the page and the weights of the lesson that has most of both, since one is open at a time.
 * @returns {{groups: Map<string, {files: number, raw: number, sent: number}>, total: number, limit: number}}
 */
export function measure(out) {
  const groups = new Map();
  const each = new Map(); // of pages and weights, by the lesson's id or "index"
  for (const path of filesIn(out)) {
    const name = relative(out, path);
    const group = name.match(/^(data|runs|weights|wasm\/(?:threads|single))/)?.[1] ?? extname(name).slice(1);
    const bytes = readFileSync(path);
    const size = /\.(gz|woff2)$/.test(name) ? bytes.length : gzipSync(bytes).length; // these are packed already
    const { files, raw, sent } = groups.get(group) ?? { files: 0, raw: 0, sent: 0 };
    groups.set(group, { files: files + 1, raw: raw + bytes.length, sent: sent + size });
    if (group === "html" || group === "weights") each.set(lessonOf(name), { ...each.get(lessonOf(name)), [group]: size });
  }
  const sent = (group) => groups.get(group)?.sent ?? 0;
  const others = [...groups.keys()].filter((name) => !/^(data|runs|weights|html|wasm)/.test(name)).reduce((sum, name) => sum + sent(name), 0);
  // index.html is the page of the lesson that has no other.
  const lesson = Math.max(0, ...[...each.values()].map(({ html = each.get("index")?.html ?? 0, weights = 0 }) => html + weights));
  return { groups, total: others + lesson + Math.max(sent("wasm/threads"), sent("wasm/single")), limit: LIMIT };
}

/** Prints what `measure` finds. Throws when the page is too heavy. */
export function printSizes(out) {
  const row = (name, files, raw, sent) =>
    console.log(`  ${name.padEnd(24)}${String(files).padStart(6)}${raw.padStart(12)}${sent.padStart(12)}`);
  const kB = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;
  const { groups, total } = measure(out);
  row("", "files", "size", "gzipped");
  for (const [name, { files, raw, sent }] of [...groups].sort()) row(name, files, kB(raw), kB(sent));
  row("interactive without data", "", "", kB(total));
  if (total > LIMIT) throw new Error(`the page needs ${kB(total)} before it is interactive; the limit is ${kB(LIMIT)}`);
}
