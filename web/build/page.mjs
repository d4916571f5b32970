// Builds the page into one folder that any static server can serve, under any address:
//
//   npm run build -- [--facts FILE.json] [--wasm-threads DIR] [--wasm-single DIR] [--mnist DIR] [--fashion DIR]
//                   [--out DIR]
//
//   --facts         what `cnnlab lessons --json` prints: the lessons and the numbers that their prose mentions
//                   (else build/cnnlab is asked)
//   --wasm-threads  folders with cnnlab_web.js, cnnlab_web.wasm, … (build/web-threads/bin and build/web-single/bin);
//   --wasm-single   where one does not exist the page is built without it, and says so
//   --mnist         MNIST's four raw IDX files (build/data/mnist)
//   --fashion       Fashion-MNIST's, gzipped; the page offers it when they are there (build/data/fashion)
//   --out           build/page
//
// Paths are relative to the source tree. The prose, formulas, code and figures are rendered here, so that the page can be
// read without JavaScript; WebAssembly and data are fetched by hashed names, relative to the page.
import { execFileSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { build } from "vite";
import { addAssets } from "./assets.mjs";
import { builtPage } from "./built_page.mjs";
import { katexFonts } from "./katex_fonts.mjs";
import { renderLessons } from "./lessons.mjs";
import { addLicenses } from "./licenses.mjs";
import { addServiceWorker } from "./offline.mjs";
import { writePages } from "./pages.mjs";
import { readRuns } from "./runs.mjs";
import { printSizes } from "./sizes.mjs";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
const { values: options } = parseArgs({
  options: {
    facts: { type: "string" },
    "wasm-threads": { type: "string", default: "build/web-threads/bin" },
    "wasm-single": { type: "string", default: "build/web-single/bin" },
    mnist: { type: "string", default: "build/data/mnist" },
    fashion: { type: "string", default: "build/data/fashion" },
    out: { type: "string", default: "build/page" },
  },
});
const inTree = (path) => resolve(root, path);

function readLessons() {
  const text = options.facts
    ? readFileSync(inTree(options.facts), "utf8")
    : execFileSync(inTree("build/cnnlab"), ["lessons", "--json"], { encoding: "utf8", cwd: root });
  return JSON.parse(text);
}

try {
  const lessons = renderLessons(root, readLessons());
  const out = inTree(options.out);
  rmSync(out, { recursive: true, force: true });
  const assets = addAssets(out, {
    wasm: { threads: inTree(options["wasm-threads"]), single: inTree(options["wasm-single"]) },
    mnist: inTree(options.mnist),
    fashion: inTree(options.fashion),
    runs: readRuns(root),
    weights: Object.fromEntries(lessons.map(({ id, folder }) => [id, join(root, folder, "weights.safetensors")])),
  });
  const built = builtPage(lessons, assets);
  await build({
    root: join(root, "web"),
    configFile: false,
    base: "./",
    logLevel: "warn",
    build: { outDir: out, emptyOutDir: false, target: "es2022", assetsInlineLimit: 0, modulePreload: { polyfill: false } },
    worker: { format: "iife", plugins: () => [built] }, // a classic worker, since Emscripten's script is one
    plugins: [built, katexFonts(lessons.map(({ html }) => html.lesson).join())],
  });
  writePages(out, lessons, addLicenses(out, inTree));
  addServiceWorker(out, assets);
  printSizes(out);
} catch (error) {
  console.error(`page: ${error.message}`);
  process.exit(1);
}
