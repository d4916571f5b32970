// The code panel: the lesson's sources, one element a line; the line that ran is marked.
import { lessons } from "virtual:page";
import { element } from "../dom";

const panel = element("code");

/** Shows the sources of one lesson only. */
export function showSources(lesson: string): void {
  const { sources } = lessons.find(({ id }) => id === lesson)!;
  for (const file of panel.querySelectorAll<HTMLElement>(".file")) file.hidden = !sources.includes(file.dataset["file"]!);
}

interface Place {
  file: string;
  line: number;
}

/** Marks a line as the current one and brings it into view; `callers` are the lines that led there. */
export function markLine(file: string, line: number, callers: Place[]): void {
  for (const marked of panel.querySelectorAll(".current, .caller")) {
    marked.classList.remove("current", "caller");
    marked.removeAttribute("aria-current");
  }
  for (const caller of callers) findLine(caller.file, caller.line)?.classList.add("caller");
  const target = findLine(file, line);
  if (!target) return;
  target.classList.add("current");
  target.setAttribute("aria-current", "step");
  scrollToLine(target);
}

/** Brings a line into view without marking it. */
export function showLine(file: string, line: number): void {
  const target = findLine(file, line);
  if (target) scrollToLine(target);
}

/** Makes sure that what is shown is what runs: a source that differs from the program's own is replaced by it. */
export function checkSources(embedded: (path: string) => string): void {
  for (const file of panel.querySelectorAll<HTMLElement>(".file")) {
    const own = embedded(file.dataset["file"]!).replace(/\n$/, "");
    const lines = [...file.querySelectorAll(".line")].map((line) => line.textContent!.replace("\u200b", ""));
    if (own === "" || own === lines.join("\n")) continue;
    file.querySelector("code")!.replaceChildren(...own.split("\n").map((text, index) => plainLine(file.dataset["file"]!, index + 1, text)));
  }
}

function plainLine(file: string, number: number, text: string): HTMLElement {
  const line = document.createElement("span");
  line.className = "line";
  line.dataset["file"] = file;
  line.dataset["line"] = String(number);
  line.textContent = text || "\u200b";
  return line;
}

function findLine(file: string, line: number): HTMLElement | null {
  return panel.querySelector(`.line[data-file="${CSS.escape(file)}"][data-line="${line}"]`);
}

// Scrolls the panel alone; scrollIntoView would move the page as well.
function scrollToLine(line: HTMLElement): void {
  const [box, own] = [panel.getBoundingClientRect(), line.getBoundingClientRect()];
  const margin = Math.min(72, panel.clientHeight / 4);
  if (own.top >= box.top + margin && own.bottom <= box.bottom - margin) return;
  panel.scrollTop += own.top - box.top - (panel.clientHeight - own.height) / 2;
}
