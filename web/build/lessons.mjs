// The parts of the page that come from the lessons: prose in both languages, tables of contents, the code panel.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { codeLines } from "./highlight.mjs";
import { address, renderProse } from "./prose.mjs";

export const LANGUAGES = ["en", "ko"];
const CONTENTS = { en: "Contents", ko: "차례" };

/**
 * @param {string} root the source tree
 * @param {object} described what `cnnlab lessons --json` printed
 */
export function renderPage(root, described) {
  const lessons = described.lessons
    .map((lesson) => ({ ...lesson, facts: factsOf(root, lesson) }))
    .filter((lesson) => existsSync(join(root, lesson.folder, "text.en.md")));
  if (lessons.length === 0) throw new Error("no lesson has a text");
  const articles = lessons.flatMap((lesson, index) =>
    LANGUAGES.map((language) => article(root, lesson, language, index === 0 && language === LANGUAGES[0])),
  );
  checkLinks(lessons, articles.join());
  const files = [...new Set(lessons.flatMap((lesson) => lesson.sources))];
  return {
    lessons: lessons.map(({ id, folder, title_en, title_ko, sources, options }) => ({
      id,
      folder,
      title: { en: title_en, ko: title_ko },
      sources,
      options: options.map(({ help, help_ko, ...option }) => ({ ...option, help: { en: help, ko: help_ko } })),
    })),
    html: {
      list: lessons.flatMap((lesson, index) => LANGUAGES.map((language) => listed(lesson, index, language))).join("\n"),
      lesson: articles.join("\n"),
      code: files.map((file, index) => sourceFile(root, file, index === 0)).join("\n"),
    },
  };
}

const placeOf = ({ id }, language) => address(id, language).replace("&", "&amp;");

// Without JavaScript; src/lesson.ts lists them in the page's language.
const listed = (lesson, index, language) =>
  `<a lang="${language}" href="#${placeOf(lesson, language)}">${index + 1}. ${lesson[`title_${language}`]}</a>`;

function checkLinks(lessons, html) {
  const unknown = [...html.matchAll(/ href="#lesson=(\w*)/g)].find(([, id]) => !lessons.some((lesson) => lesson.id === id));
  if (unknown) throw new Error(`a text links to lesson "${unknown[1]}", which does not exist`);
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
// carries ids, the others data-id (src/lesson.ts swaps them).
function article(root, lesson, language, shown) {
  const { html, sections } = renderProse(root, lesson, language);
  const taken = sections.find(({ id }) => pageIds(root).has(id));
  if (taken) throw new Error(`${lesson.folder}/text.${language}.md: the section's id {#${taken.id}} is one of web/index.html's own`);
  const contents = sections.map(({ id, title }) => `<li><a href="#${id}">${title}</a></li>`).join("");
  const body = shown ? html : html.replace(/<(h[23]) id="/g, '<$1 data-id="');
  return `<article lang="${language}" id="${placeOf(lesson, language)}" data-lesson="${lesson.id}"${shown ? "" : " hidden"}>
<h1>${lesson[`title_${language}`]}</h1>
<details class="contents"><summary>${CONTENTS[language]}</summary><nav aria-label="${CONTENTS[language]}"><ol>${contents}</ol></nav></details>
${body}</article>`;
}

const pageIds = (root) => new Set([...readFileSync(join(root, "web/index.html"), "utf8").matchAll(/ id="([^"]+)"/g)].map(([, id]) => id));

function sourceFile(root, file, first) {
  const source = readFileSync(join(root, file), "utf8");
  return `<section class="file" data-file="${file}"${first ? "" : " data-more"}><h3>${file}</h3><code>${codeLines(file, source)}</code></section>`;
}
