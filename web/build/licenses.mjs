// The licences of what others have made and the page carries, as one text beside it.
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const DEBIAN = "/usr/share/doc"; // where its packages say it

// In the order of what a visitor sees of them.
const CARRIED = {
  "NanumGothic, whose letters the lab draws (a subset)": `${DEBIAN}/fonts-nanum/copyright`,
  "KaTeX, whose styles and fonts formulas have (subsets)": "web/node_modules/katex/LICENSE",
  "Dear ImGui": "build/imgui/LICENSE.txt",
  xtensor: `${DEBIAN}/libxtensor-dev/copyright`,
  xsimd: `${DEBIAN}/libxsimd-dev/copyright`,
  "JSON for Modern C++": `${DEBIAN}/nlohmann-json3-dev/copyright`,
  "CNN Lab": "LICENSE",
};

/**
 * Writes the licences into the built page; warns of one that is not where Debian and npm have it.
 * @param {string} out the built page
 * @param {(path: string) => string} inTree makes a path of the source tree absolute
 * @returns {string} the file's name
 */
export function addLicenses(out, inTree) {
  const found = Object.entries(CARRIED).filter(([what, path]) => {
    const there = existsSync(inTree(path));
    if (!there) console.warn(`page: no licence of ${what} in ${path}: building without it`);
    return there;
  });
  const text = found.map(([what, path]) => `${what}\n${"=".repeat(what.length)}\n\n${readFileSync(inTree(path), "utf8").trim()}\n`).join("\n\n");
  const name = `licenses-${createHash("sha256").update(text).digest("hex").slice(0, 10)}.txt`;
  writeFileSync(join(out, name), text);
  return name;
}
