// A lesson's Markdown, rendered to HTML. Beside Markdown and $formulas$ it may contain
//
//   {{code PATH "TEXT"}}         a region of a source file (highlight.mjs: findRegion), alone on its line
//   {{calculator name=value …}}  the calculator (src/lessons/calculator.ts) with its initial values, alone on its line
//   {{name}}                     a number (facts.mjs), also inside figures
//   ## Title {#id}               headings with ids, which are equal in all languages
//   ![alt](figures/NAME.svg)     a figure, inlined so that it takes on the page's colours
//   [text](lab:lr=0.1&seed=2)    a link that sets the lab
//   [text](lesson:deeper)        a link to another lesson
//   ??? … ???                    a question with checked answers (questions.mjs), or an exercise (exercises/exercises.mjs)
import { readFileSync } from "node:fs";
import { join } from "node:path";
import katex from "@vscode/markdown-it-katex";
import MarkdownIt from "markdown-it";
import { exercise } from "./exercises/exercises.mjs";
import { fillFacts } from "./facts.mjs";
import { codeLines, findRegion } from "./highlight.mjs";
import { question } from "./questions.mjs";

const escape = (text) => text.replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c]);

/**
 * @param {string} root the source tree
 * @param {{id: string, folder: string, facts: Map}} lesson
 * @param {"en"|"ko"} language
 * @param {Map<string, string>} pages where each lesson is
 * @returns {{html: string, sections: {id: string, title: string}[]}} sections: the headings, for the table of contents
 */
export function renderProse(root, lesson, language, pages) {
  const file = `${lesson.folder}/text.${language}.md`;
  const env = { root, lesson, language, pages, file, sections: [] };
  const text = fillFacts(readFileSync(join(root, file), "utf8"), lesson.facts, file);
  // A long formula can be scrolled sideways, by keyboard too.
  const html = renderer().render(text, env).replaceAll('<span class="katex-display">', '<span class="katex-display" tabindex="0">');
  return { html, sections: env.sections };
}

let markdown;
function renderer() {
  if (markdown) return markdown;
  markdown = new MarkdownIt({ html: true, typographer: false });
  markdown.use(katex.default ?? katex, { throwOnError: true, strict: "error" });
  markdown.block.ruler.before("fence", "code_region", codeRegion, { alt: ["paragraph", "list"] });
  markdown.block.ruler.before("fence", "exercise", exercise, { alt: ["paragraph"] });
  markdown.block.ruler.before("fence", "question", question, { alt: ["paragraph"] });
  markdown.block.ruler.before("fence", "calculator", calculator, { alt: ["paragraph", "list"] });
  markdown.core.ruler.push("headings", headings);
  markdown.core.ruler.push("corners", corners);
  markdown.renderer.rules.link_open = linkOpen;
  markdown.renderer.rules.image = figure;
  markdown.renderer.rules.table_open = () => '<div class="scroll" tabindex="0"><table>';
  markdown.renderer.rules.table_close = () => "</table></div>";
  return markdown;
}

function codeRegion(state, startLine, _endLine, silent) {
  const line = state.src.slice(state.bMarks[startLine] + state.tShift[startLine], state.eMarks[startLine]).trim();
  const directive = line.match(/^\{\{code (\S+) "(.+)"\}\}$/);
  if (!directive) return false;
  if (silent) return true;
  const [, path, text] = directive;
  const source = readFileSync(join(state.env.root, path), "utf8");
  const region = findRegion(source, text);
  if (!region) throw new Error(`${state.env.file}:${startLine + 1}: ${path} has no region that begins with "${text}"`);
  const token = state.push("html_block", "", 0);
  token.content = excerpt(path, source, region, state.env.language);
  state.line = startLine + 1;
  return true;
}

function excerpt(path, source, { first, last }, language) {
  const where = { en: `lines ${first} to ${last}`, ko: `${first}~${last}행` }[language];
  return `<figure class="excerpt"><figcaption><a class="code-link" href="#code" data-file="${path}" data-line="${first}">${path}</a>
<span>${where}</span></figcaption><pre tabindex="0"><code>${codeLines(path, source, first, last)}</code></pre></figure>\n`;
}

function calculator(state, startLine, _endLine, silent) {
  const line = state.src.slice(state.bMarks[startLine] + state.tShift[startLine], state.eMarks[startLine]).trim();
  const values = line.match(/^\{\{calculator((?: [a-z]+=[0-9]+)+)\}\}$/);
  if (!values) return false;
  if (silent) return true;
  state.push("html_block", "", 0).content = `<div class="calculator needs-script"${values[1].replace(/ ([a-z]+)=([0-9]+)/g, ' data-$1="$2"')}></div>\n`;
  state.line = startLine + 1;
  return true;
}

// `## Title {#id}`: the id, and an entry in the table of contents.
function headings(state) {
  state.tokens.forEach((token, index) => {
    if (token.type !== "heading_open") return;
    const inline = state.tokens[index + 1];
    const last = inline.children.at(-1);
    const mark = last?.content.match(/\s*\{#([a-z0-9-]+)\}$/);
    if (!mark) throw new Error(`${state.env.file}:${token.map[0] + 1}: a heading needs an id: ## Title {#id}`);
    last.content = last.content.slice(0, mark.index);
    token.attrSet("id", mark[1]);
    if (token.tag === "h2") state.env.sections.push({ id: mark[1], title: state.md.renderer.render(inline.children, state.md.options, state.env) });
  });
}

// The empty corner of a table heads nothing.
function corners({ tokens }) {
  tokens.forEach((token, index) => {
    if (token.type === "th_open" && tokens[index + 1].content === "") token.tag = tokens[index + 2].tag = "td";
  });
}

function linkOpen(tokens, index, options, env, self) {
  const href = tokens[index].attrGet("href");
  if (href.startsWith("lab:")) {
    tokens[index].attrSet("href", `#lesson=${env.lesson.id}&${href.slice("lab:".length)}`);
    tokens[index].attrSet("class", "lab-link");
  }
  if (href.startsWith("lesson:")) {
    const id = href.slice("lesson:".length);
    if (!env.pages.has(id)) throw new Error(`${env.file} links to lesson "${id}", which does not exist`);
    tokens[index].attrSet("href", `${env.pages.get(id)}#${env.language}`);
    tokens[index].attrSet("data-lesson", id); // src/lesson.ts opens it in this page
  }
  return self.renderToken(tokens, index, options);
}

function figure(tokens, index, _options, env) {
  const [source, alt] = [tokens[index].attrGet("src"), escape(tokens[index].content)];
  if (!/^figures\/[a-z0-9_.]+\.svg$/.test(source)) throw new Error(`${env.file}: an image must be figures/NAME.svg: ${source}`);
  const path = `${env.lesson.folder}/${source}`;
  const prefix = `${env.lesson.id}-${source.slice("figures/".length, -".svg".length).replaceAll(".", "-")}-`;
  const svg = fillFacts(readFileSync(join(env.root, path), "utf8"), env.lesson.facts, path)
    .replace(/^<\?xml.*?\?>\s*/, "")
    .replace(/<title>.*?<\/title>\s*/s, "") // would show as a tooltip; the text alternative is the Markdown's
    .replace(/\bid="/g, `id="${prefix}`)
    .replace(/url\(#/g, `url(#${prefix}`)
    .replace(/href="#/g, `href="#${prefix}`)
    .replace(/<svg\b/, `<svg aria-label="${alt}"`);
  return `<span class="figure">${svg}</span>`;
}
