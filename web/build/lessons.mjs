// What the pages take from the lessons: prose in both languages, tables of contents, sources.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { codeLines } from "./highlight.mjs";
import { renderProse } from "./prose.mjs";

export const LANGUAGES = ["en", "ko"];
const CONTENTS = { en: "Contents", ko: "차례" };

/**
 * @param {string} root the source tree
 * @param {object} described what `cnnlab lessons --json` printed
 * @returns {{id: string, folder: string, page: string, title: object, sources: string[], options: object[], racing: object[],
 *   html: {lesson: string, code: string}}[]}
 *   the lessons that have a text, in order. `page` is the file that each has; the one of the program's default lesson is
 *   index.html. `html`: its articles, and its sources line by line.
 */
export function renderLessons(root, described) {
  const lessons = described.lessons.filter(({ folder }) => existsSync(join(root, folder, "text.en.md")));
  const pages = new Map(lessons.map(({ id }) => [id, id === described.default ? "index.html" : `${id}.html`]));
  if (!pages.has(described.default)) throw new Error(`lesson ${described.default}, with which the page opens, has no text`);
  return lessons.map((lesson) => {
    const { id, folder, title_en, title_ko, sources, options, racing } = lesson;
    const told = { ...lesson, facts: factsOf(root, lesson) };
    return {
      id,
      folder,
      page: pages.get(id),
      title: { en: title_en, ko: title_ko },
      sources,
      options: options.map(({ help, help_ko, ...option }) => ({ ...option, help: { en: help, ko: help_ko } })),
      racing: racing.map(({ title_en, title_ko, ...name }) => ({ ...name, title: { en: title_en, ko: title_ko } })),
      html: {
        lesson: LANGUAGES.map((language) => article(root, told, language, pages)).join("\n"),
        code: sources.map((file) => sourceFile(root, file)).join("\n"),
      },
    };
  });
}

// While a lesson has no trained weights, what the prose says of them shows a dash.
function factsOf(root, { id, folder, facts }) {
  const all = new Map(Object.entries(facts));
  if (existsSync(join(root, folder, "weights.safetensors"))) return all;
  console.warn(`page: ${id} has no trained weights yet: what its prose says of them shows a dash`);
  for (const name of ["shipped_correct", "shipped_accuracy"]) all.set(name, null);
  return all;
}

// Sections have the same ids in both languages, and a document may have an id only once: only the article that is shown
// carries ids, the others data-id (src/lesson.ts swaps them). Without JavaScript a link finds an article by its language.
function article(root, lesson, language, pages) {
  const { html, sections } = renderProse(root, lesson, language, pages);
  const taken = sections.find(({ id }) => LANGUAGES.includes(id) || pageIds(root).has(id));
  if (taken) throw new Error(`${lesson.folder}/text.${language}.md: the section's id {#${taken.id}} is one of web/index.html's own`);
  const contents = sections.map(({ id, title }) => `<li><a href="#${id}">${title}</a></li>`).join("");
  const shown = language === LANGUAGES[0];
  const body = shown ? html : html.replace(/<(h[23]) id="/g, '<$1 data-id="');
  return `<article lang="${language}" id="${language}" data-lesson="${lesson.id}"${shown ? "" : " hidden"}>
<h1>${lesson[`title_${language}`]}</h1>
<details class="contents"><summary>${CONTENTS[language]}</summary><nav aria-label="${CONTENTS[language]}"><ol>${contents}</ol></nav></details>
${inSections(body)}</article>`;
}

// A section each, which the browser lays out when it comes near the window (styles/prose.css).
const inSections = (html) =>
  html
    .split(/(?=<h2 )/)
    .map((part) => (part.startsWith("<h2 ") ? `<section>${part}</section>` : part))
    .join("\n");

const pageIds = (root) => new Set([...readFileSync(join(root, "web/index.html"), "utf8").matchAll(/ id="([^"]+)"/g)].map(([, id]) => id));

function sourceFile(root, file) {
  const source = readFileSync(join(root, file), "utf8");
  return `<section class="file" data-file="${file}"><h3>${file}</h3><code>${codeLines(file, source)}</code></section>`;
}
