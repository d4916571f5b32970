// Where an exercise's lines come from.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { findRegion } from "../highlight.mjs";

/** `shapes PATH "struct DenseBlock" "Variable forward"` → the path and the texts that regions begin with, from the outside in. */
export function readPlace(begin, where) {
  const [, path, rest] = begin.match(/^\w+ (\S+)((?: "[^"]+")*)$/) ?? [];
  if (!path) throw new Error(`${where}: an exercise begins with ??? KIND PATH "REGION"…`);
  return { path, texts: [...rest.matchAll(/"([^"]+)"/g)].map(([, text]) => text) };
}

/** The lines of the innermost region, the whole source where `texts` has none. */
export function linesIn(source, texts, where) {
  let lines = source.split("\n");
  for (const text of texts) {
    const region = findRegion(lines.join("\n"), text);
    if (!region) throw new Error(`${where}: there is no region that begins with "${text}"`);
    lines = lines.slice(region.first - 1, region.last);
  }
  return lines;
}

export const readSource = (root, path) => readFileSync(join(root, path), "utf8");
