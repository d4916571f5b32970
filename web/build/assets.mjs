// What the page fetches while it runs: the WebAssembly builds, MNIST in pieces, the lessons' trained weights, recorded races. Names
// carry a hash of the content; the program is told them (template.mjs).
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { readMnist } from "./mnist.mjs";
import { describeRun } from "./runs.mjs";

const hash = (bytes) => createHash("sha256").update(bytes).digest("hex").slice(0, 10);

/**
 * @param {string} out the built page
 * @param {{wasm: Record<string, string>, mnist: string, fashion: string, weights: Record<string, string>, runs: Map}} from folders,
 *   files, and what readRuns returned
 * @returns {object} where everything is, relative to the page (src/page.d.ts: Assets)
 */
export function addAssets(out, { wasm, mnist, fashion, weights, runs }) {
  const write = (name, bytes) => {
    mkdirSync(dirname(join(out, name)), { recursive: true });
    writeFileSync(join(out, name), bytes);
    return name;
  };
  const assets = { wasm: {}, weights: {}, mnist: null, runs: {} };
  for (const [build, folder] of Object.entries(wasm)) {
    if (existsSync(join(folder, "cnnlab_web.js"))) assets.wasm[build] = addProgram(write, build, folder);
    else console.warn(`page: no WebAssembly in ${folder}: building without it`);
  }
  for (const [lesson, file] of Object.entries(weights)) {
    if (!existsSync(file)) continue;
    const bytes = readFileSync(file);
    assets.weights[lesson] = write(`weights/${lesson}-${hash(bytes)}.safetensors`, bytes);
  }
  for (const [name, run] of runs) {
    const text = JSON.stringify(run);
    assets.runs[name] = { file: write(`runs/${name}-${hash(text)}.json`, text), ...describeRun(run) };
  }
  assets.mnist = addData(write, "mnist", mnist);
  if (existsSync(join(fashion, "train-images-idx3-ubyte.gz"))) assets.fashion = addData(write, "fashion", fashion);
  else console.warn(`page: no Fashion-MNIST in ${fashion}: building without it`);
  return assets;
}

function addData(write, name, folder) {
  return Object.fromEntries(
    Object.entries(readMnist(folder)).map(([set, pieces]) => [
      set,
      pieces.map(({ count, bytes }, index) => ({
        count,
        file: write(`data/${name}-${set}-${index}-${hash(bytes)}.gz`, gzipSync(bytes, { level: 9 })),
      })),
    ]),
  );
}

// Emscripten's files refer to one another by name, so they keep theirs; the folder carries the hash.
function addProgram(write, build, folder) {
  const files = readdirSync(folder).filter((name) => /^cnnlab_web\.(js|wasm|worker\.js)$/.test(name));
  const contents = files.map((name) => readFileSync(join(folder, name)));
  const place = `wasm/${build}-${hash(Buffer.concat(contents))}`;
  files.forEach((name, index) => write(`${place}/${name}`, contents[index]));
  return `${place}/cnnlab_web.js`;
}
