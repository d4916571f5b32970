// What a visitor downloads, compressed: the table that the build prints.
import { readdirSync, readFileSync } from "node:fs";
import { extname, join, relative } from "node:path";
import { gzipSync } from "node:zlib";

const LIMIT = 1_000_000; // bytes, of everything but data, in the larger of the two WebAssembly builds

function* filesIn(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesIn(path);
    else yield path;
  }
}

/** Prints sizes as sent with gzip. Throws when the page without data, and with one WebAssembly build, is above 1 MB. */
export function printSizes(out) {
  const groups = new Map();
  for (const path of filesIn(out)) {
    const name = relative(out, path);
    const group = name.match(/^(data|wasm\/(?:threads|single))/)?.[1] ?? extname(name).slice(1);
    const bytes = readFileSync(path);
    const sum = groups.get(group) ?? { files: 0, raw: 0, sent: 0 };
    const packed = /\.(gz|woff2)$/.test(name);
    groups.set(group, {
      files: sum.files + 1,
      raw: sum.raw + bytes.length,
      sent: sum.sent + (packed ? bytes.length : gzipSync(bytes).length),
    });
  }
  const row = (name, files, raw, sent) =>
    console.log(`  ${name.padEnd(24)}${String(files).padStart(6)}${raw.padStart(12)}${sent.padStart(12)}`);
  const kB = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;
  row("", "files", "size", "gzipped");
  for (const [name, { files, raw, sent }] of [...groups].sort()) row(name, files, kB(raw), kB(sent));

  const sent = (group) => groups.get(group)?.sent ?? 0;
  const wasm = Math.max(sent("wasm/threads"), sent("wasm/single"));
  const total = [...groups.keys()].filter((name) => !/^(data|wasm)/.test(name)).reduce((sum, name) => sum + sent(name), wasm);
  row("interactive without data", "", "", kB(total));
  if (total > LIMIT) throw new Error(`the page needs ${kB(total)} before it is interactive; the limit is ${kB(LIMIT)}`);
}
