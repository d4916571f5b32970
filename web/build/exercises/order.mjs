// "Put the lines in order": the lines of a region, and some that belong to mistakes, shuffled (exercises.mjs tells the form).
import { createHash } from "node:crypto";
import { basename } from "node:path";
import { readParts } from "../blocks.mjs";
import { highlightLines } from "../highlight.mjs";
import { mistaken } from "./mistakes.mjs";
import { linesIn, readPlace, readSource } from "./region.mjs";

// What stands between a function's braces, without the indentation that all of it has, and without remarks.
function body(source, texts, where) {
  const inside = linesIn(source, texts, where).slice(1, -1).filter((line) => line.trim() !== "");
  const indent = Math.min(...inside.map((line) => line.match(/^ */)[0].length));
  return inside.map((line) => line.slice(indent).replace(/ *\/\/.*$/, ""));
}

// Always the same order, and not the right one.
function shuffled(lines) {
  const key = ({ text }) => createHash("sha256").update(text).digest("hex");
  const mixed = [...lines].sort((a, b) => (key(a) < key(b) ? -1 : 1));
  const right = mixed.filter(({ place }) => place >= 0).every(({ place }, index) => place === index);
  return right ? mixed.reverse() : mixed;
}

// The right lines, with why one has to wait, and those of the mistakes, with why they are wrong.
function readLines({ root, homework, texts, right, parts, where }) {
  const all = right.map((text, place) => ({ text, place, why: "" }));
  for (const { mark, value, text: why } of parts) {
    if (mark === ">") {
      const line = all.find(({ text, place }) => place >= 0 && text.includes(value));
      if (!line) throw new Error(`${where}: the region has no line with ${value}`);
      line.why = why;
    } else if (mark === "-") {
      const wrong = body(mistaken(root, homework, value), texts, where).find((text) => !all.some((known) => known.text === text));
      if (!wrong) throw new Error(`${where}: the mistake ${value} brings no new line here`);
      all.push({ text: wrong, place: -1, why });
    }
  }
  return all;
}

export function orderExercise({ begin, lines, where, root, inline }) {
  const { path, texts } = readPlace(begin, where);
  const [asked, ...parts] = readParts(lines, ["=", ">", "-", "*"]);
  const [done, hint] = ["=", "*"].map((mark) => parts.find((part) => part.mark === mark));
  if (!done || !hint) throw new Error(`${where}: lines to be ordered have a "=" and a "*"`);
  const right = body(readSource(root, path), texts, where);
  if (new Set(right).size !== right.length) throw new Error(`${where}: two lines of the region are equal, so that they have no order`);
  const all = readLines({ root, homework: basename(path, ".hpp"), texts, right, parts, where });
  const items = shuffled(all).map(({ text, place, why }) => `<li data-place="${place}"><code class="code">${highlightLines(text)[0]}</code><p class="why" hidden>${inline(why)}</p></li>`);
  const solution = right.map((text) => `<span class="line">${highlightLines(text)[0]}</span>`).join("");
  return {
    asked: inline(asked.text),
    html: {
      body: `<ol class="lines needs-script">\n${items.join("\n")}\n</ol>`,
      said: `<div data-right hidden><pre tabindex="0"><code>${solution}</code></pre><p>${inline(done.text)}</p></div>\n<p class="hint" hidden>${inline(hint.text)}</p>`,
    },
  };
}
