// The current step of the trace in words, with links to the lines that led to it.
import { element, setText } from "../dom";
import type { Language } from "../state";
import type { Step } from "./trace";
import { stepWords, type StepText } from "./words";

const place = element("trace");
const more = element("trace-more");

function make(tag: string, ...content: (string | Node)[]): HTMLElement {
  const made = document.createElement(tag);
  made.append(...content);
  return made;
}

function paragraph(className: string, ...content: (string | Node)[]): HTMLElement {
  const made = make("p", ...content);
  made.className = className;
  return made;
}

function codeLink(file: string, line: number, text: string): HTMLAnchorElement {
  const link = document.createElement("a");
  link.href = "#code";
  link.className = "code-link";
  link.dataset["file"] = file;
  link.dataset["line"] = String(line);
  link.textContent = text;
  return link;
}

const short = (file: string): string => file.slice(file.lastIndexOf("/") + 1);

function formulas({ formulas }: StepText): HTMLElement[] {
  if (formulas.length === 0) return [];
  const list = make("dl", ...formulas.flatMap(({ means, formula }) => [make("dt", means), make("dd", formula)]));
  list.className = "formulas";
  return [list];
}

function row(tag: string, [name, ...numbers]: string[]): HTMLElement {
  const head = make("th", name!);
  head.setAttribute("scope", tag === "th" ? "col" : "row");
  return make("tr", head, ...numbers.map((number) => make(tag, number)));
}

function table({ table }: StepText): HTMLElement[] {
  if (!table) return [];
  const { caption, head, rows, sum } = table;
  const made = make("table", make("caption", caption), make("thead", row("th", head)), make("tbody", ...rows.map((one) => row("td", one))));
  made.className = "ways";
  if (sum) made.append(make("tfoot", row("td", sum)));
  const scroll = make("div", made);
  scroll.className = "scroll";
  return [scroll];
}

// What a screen reader should say at each step is short; the rest it can read when asked.
export function showStep(step: Step | null, language: Language): void {
  if (!step) {
    place.replaceChildren();
    return more.replaceChildren();
  }
  const said = stepWords(language).step(step);
  const way = paragraph("way", codeLink(step.file, step.line, `${step.file}, ${said.at}`));
  const callers = step.frames.filter(({ file, line }) => file !== step.file || line !== step.line);
  for (const { module, file, line } of callers.reverse()) way.append(" ← ", codeLink(file, line, `${module || short(file)}:${line}`));
  place.replaceChildren(paragraph("step-title", said.title), paragraph("", said.what), ...formulas(said));
  more.replaceChildren(paragraph("", said.numbers), ...table(said), way);
}

/** Says what is known of the number that is pointed at. */
export function showPicked(text: string): void {
  setText(element("picked"), text);
}
