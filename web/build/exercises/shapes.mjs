// "Fill in the shapes": lines of a net, and behind each the shape that comes out of it (exercises.mjs tells the form).
import { readParts } from "../blocks.mjs";
import { highlightLines } from "../highlight.mjs";
import { evaluate } from "../questions.mjs";
import { linesIn, readPlace, readSource } from "./region.mjs";

const AXES = { en: ["channels", "height", "width"], ko: ["채널", "높이", "너비"] };

// "10 24 24" → "10,24,24"
function shape(value, where, { any = false } = {}) {
  const sizes = value.split(/\s+/).map((size) => (any && size === "_" ? "_" : evaluate(size, where)));
  if (sizes.length !== 3) throw new Error(`${where}: a shape has three sizes (channels, height, width): "${value}"`);
  return sizes.join(",");
}

// A line's answers, and where it is in the source.
function readLine({ value, answers }, source, after, where) {
  const at = source.findIndex((line, index) => index > after && line.includes(value));
  if (at < 0) throw new Error(`${where}: no line with ${value} below the one before`);
  for (const mark of ["=", "*"]) if (answers.filter((answer) => answer.mark === mark).length !== 1) throw new Error(`${where}: ${value} has one "${mark}"`);
  return { at, answers: answers.map(({ mark, value, text }) => ({ right: mark === "=", value: mark === "*" ? "" : shape(value, where, { any: mark === "-" }), text })) };
}

function group(parts) {
  const lines = [];
  for (const part of parts) {
    if (part.mark === ">") lines.push({ value: part.value, answers: [] });
    else lines.at(-1).answers.push(part);
  }
  return lines;
}

export function shapesExercise({ begin, lines, where, root, language, id, inline }) {
  const { path, texts } = readPlace(begin, where);
  const source = linesIn(readSource(root, path), texts, where);
  const [asked, ...parts] = readParts(lines, [">", "=", "-", "*"]);
  if (parts[0]?.mark !== ">") throw new Error(`${where}: after what is asked comes "> " and the text of a line`);
  const code = highlightLines(source.join("\n"));
  let last = -1;
  const items = group(parts).map((line, index) => {
    const { at, answers } = readLine(line, source, last, where);
    last = at;
    return item(code[at].trim(), answers, { id: `${id}-${index + 1}`, language, inline });
  });
  return { asked: inline(asked.text), html: { body: `<ol class="walk">\n${items.join("\n")}\n</ol>` } };
}

function item(code, answers, { id, language, inline }) {
  const fields = AXES[language].map((axis) => `<input inputmode="numeric" autocomplete="off" aria-label="${axis}" aria-describedby="${id}-said" />`).join(", ");
  const said = answers.map(({ right, value, text }) => {
    const told = right ? `<code>(N, ${value.replaceAll(",", ", ")})</code> ` : "";
    return `<p data-answer="${value}"${right ? " data-right" : ""} hidden>${told}${inline(text)}</p>`;
  });
  return `<li><code class="code" id="${id}">${code}</code>
<div class="shape needs-script" role="group" aria-labelledby="${id}"><template>(N, ${fields})</template></div>
<p class="said" id="${id}-said"></p>
${said.join("\n")}</li>`;
}
