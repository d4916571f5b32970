// The current step of the trace in words, with links to the lines that led to it.
import { element } from "../dom";
import type { Language } from "../state";
import type { Step } from "./trace";
import { stepWords } from "./words";

const place = element("trace");

function paragraph(...content: (string | Node)[]): HTMLParagraphElement {
  const made = document.createElement("p");
  made.append(...content);
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

export function showStep(step: Step | null, language: Language): void {
  if (!step) return place.replaceChildren();
  const { title, what, cost, at } = stepWords(language).step(step);
  const heading = paragraph(title);
  heading.className = "step-title";
  const way = paragraph(codeLink(step.file, step.line, `${step.file}, ${at}`));
  const callers = step.frames.filter(({ file, line }) => file !== step.file || line !== step.line);
  for (const { module, file, line } of callers.reverse()) way.append(" ← ", codeLink(file, line, `${module || short(file)}:${line}`));
  way.className = "way";
  place.replaceChildren(heading, paragraph(what), paragraph(cost), way);
}
