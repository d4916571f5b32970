// The code panel: the lesson's sources, one element a line; the line that ran is marked, with what became known beside
// it, and breakpoints in the margin.
import { lessons } from "virtual:page";
import { element } from "../dom";
import { shape } from "../format";
import type { State, Store } from "../state";
import { num } from "./formulas";
import { stepWords } from "./words";

const panel = element("code");

export interface Place {
  file: string;
  line: number;
}

/** A value that a line has made, or its gradient. */
export interface Hint extends Place {
  name: string;
  shape: number[];
  value?: number;
  gradient: boolean;
  fresh: boolean;
}

const base = (file: string): string => file.slice(file.lastIndexOf("/") + 1);

/** Shows the sources of one lesson only. */
export function showSources(lesson: string): void {
  const { sources } = lessons.find(({ id }) => id === lesson)!;
  for (const file of panel.querySelectorAll<HTMLElement>(".file")) file.hidden = !sources.includes(file.dataset["file"]!);
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

/** Writes beside each line what it has made. An attribute, since the line's text is the source's. */
export function showHints(hints: Hint[]): void {
  for (const line of panel.querySelectorAll<HTMLElement>("[data-hint]")) {
    delete line.dataset["hint"];
    line.classList.remove("fresh");
  }
  for (const hint of hints) {
    const line = findLine(hint.file, hint.line);
    if (!line) continue;
    const made = hint.value === undefined ? shape(hint.shape) : `= ${num(hint.value)}`;
    const [what, gradient] = hint.name === "return" ? ["→", " grad"] : [hint.name, ".grad"];
    line.dataset["hint"] = `${what}${hint.gradient ? gradient : ""} ${made}`;
    line.classList.toggle("fresh", hint.fresh);
  }
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

/** The breakpoints of the lesson: the state has them by short names, "model.hpp:23,training.hpp:14". */
export function breakpointsOf({ break: text, lesson }: State): Place[] {
  const { sources } = lessons.find(({ id }) => id === lesson)!;
  return text.split(",").flatMap((place) => {
    const [name, line] = place.split(":");
    const file = sources.find((source) => base(source) === name);
    return file ? [{ file, line: Number(line) }] : [];
  });
}

const switches = (): HTMLInputElement[] => [...panel.querySelectorAll<HTMLInputElement>(".breakpoint")];

/** Gives each line that runs a switch for its breakpoint, in the margin. One of them at a time is in the order of Tab. */
export function showBreakpoints(store: Store, lines: Place[]): void {
  const wanted = new Set(lines.map(({ file, line }) => findLine(file, line)));
  for (const old of switches()) if (!wanted.has(old.parentElement)) old.remove();
  for (const line of wanted) if (line && !line.querySelector(".breakpoint")) line.prepend(makeSwitch(store, line));
  const all = switches();
  if (!all.some(({ tabIndex }) => tabIndex === 0) && all[0]) all[0].tabIndex = 0;
  updateBreakpoints(store.state);
}

/** Sets the switches as the state has them, and names them in its language. */
export function updateBreakpoints(state: State): void {
  const set = breakpointsOf(state);
  for (const one of switches()) {
    const { file, line } = one.parentElement!.dataset as { file: string; line: string };
    one.checked = set.some((place) => place.file === file && place.line === Number(line));
    one.setAttribute("aria-label", stepWords(state.lang).breakpoint(base(file), Number(line)));
  }
}

function makeSwitch(store: Store, line: HTMLElement): HTMLInputElement {
  const made = document.createElement("input");
  made.type = "checkbox";
  made.className = "breakpoint";
  made.tabIndex = -1;
  made.addEventListener("change", () => {
    const place = `${base(line.dataset["file"]!)}:${line.dataset["line"]}`;
    const others = store.state.break.split(",").filter((other) => other && other !== place);
    store.set({ break: [...others, ...(made.checked ? [place] : [])].join(",") });
  });
  made.addEventListener("focus", () => {
    for (const other of switches()) other.tabIndex = other === made ? 0 : -1;
  });
  made.addEventListener("keydown", (event) => {
    if (event.key === "Enter") return made.click();
    const move = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!move) return;
    event.preventDefault();
    const all = switches();
    const next = all[all.indexOf(made) + move];
    next?.focus({ preventScroll: true });
    if (next) scrollToLine(next.parentElement!);
  });
  return made;
}
