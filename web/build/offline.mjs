// The service worker: service_worker.js with the list of the built page's files.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

const NAME = "service_worker.js";

/**
 * Writes the service worker into the built page.
 * @param {string} out the built page
 * @param {object} assets what addAssets returned
 */
export function addServiceWorker(out, { wasm, mnist }) {
  const files = readdirSync(out, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== NAME)
    .map((entry) => relative(out, join(entry.parentPath ?? entry.path, entry.name)).split(sep).join("/"))
    .sort();
  // At once: all but the data, of which one test image is wanted, and but the build that the worker makes unnecessary.
  const spare = wasm.threads && wasm.single ? wasm.single.slice(0, wasm.single.lastIndexOf("/") + 1) : null;
  const first = files.filter((file) => (!file.startsWith("data/") || file === mnist.test[0].file) && !(spare && file.startsWith(spare)));
  const source = readFileSync(fileURLToPath(new URL(NAME, import.meta.url)), "utf8");
  // All names but those of the HTML files carry a hash of their content, so these say what the whole page is.
  const whole = createHash("sha256").update(files.join("\n")).update(source);
  for (const file of files.filter((name) => name.endsWith(".html"))) whole.update(readFileSync(join(out, file)));
  const version = whole.digest("hex").slice(0, 12);
  const values = { VERSION: version, FIRST: first, LATER: files.filter((file) => !first.includes(file)) };
  writeFileSync(join(out, NAME), source.replace(/\/\*(VERSION|FIRST|LATER)\*\/ *(""|\[\])/g, (_, name) => JSON.stringify(values[name])));
}
