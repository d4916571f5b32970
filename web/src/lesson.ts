// The prose: which article is shown, links within it, and links from it to the code and the lab.
import { tell } from "./alerts";
import { afterPaint, element, prefersStillness } from "./dom";
import { bringLesson } from "./lessons/parts";
import { readHash, type State, type Store } from "./state";
import { words } from "./words";

let asked = 0;

/** Enters a lesson once its parts are here; of several that were asked for, the last. Says so where one cannot be fetched. */
export async function whenHere(lesson: string, { state }: Store, enter: () => void): Promise<void> {
  const mine = (asked += 1);
  try {
    await bringLesson(lesson);
  } catch (error) {
    if (mine === asked) tell(words(state.lang).noLesson((error as Error).message));
    return;
  }
  if (mine === asked) enter();
}

/** `showCode` scrolls the code panel to a line. */
export function startLesson(store: Store, showCode: (file: string, line: number) => void): void {
  store.onChange((state, before) => {
    if (state.lesson !== before.lesson) return showLesson(state);
    if (state.lang === before.lang) return;
    const place = readingPlace();
    showLesson(state);
    if (place) queueMicrotask(() => restorePlace(place)); // when everything has changed
  });

  document.addEventListener("click", (event) => {
    const link = (event.target as Element).closest<HTMLAnchorElement>('a[href^="#"], a[data-lesson]');
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const { lesson, file, line } = link.dataset;
    if (lesson) return void whenHere(lesson, store, () => openLesson(store, lesson));
    const hash = link.getAttribute("href")!;
    if (file) {
      store.set({ view: "step" });
      showCode(file, Number(line));
    }
    if (!hash.includes("=")) return goTo(store, hash.slice(1));
    store.set(readHash(hash, store.state).state, { entry: true });
    const races = /[#&](race|runs)=./.test(hash);
    flash(store, element(races ? "race-panel" : "bench"));
  });
}

function openLesson(store: Store, lesson: string): void {
  store.set({ lesson }, { entry: true });
  goTo(store, "lesson");
}

/** Scrolls to an element, showing the prose where it is part of it and opening what it is folded into, and moves the focus there. */
export function goTo(store: Store, id: string): void {
  const target = document.getElementById(id);
  if (!target) return;
  if (element("lesson").contains(target)) store.set({ wide: "" });
  target.closest("details")?.setAttribute("open", "");
  layOutAll();
  target.scrollIntoView({ behavior: prefersStillness() ? "auto" : "smooth", block: "start" });
  if (target.tabIndex < 0) target.tabIndex = -1;
  target.focus({ preventScroll: true });
}

/** Shows the state's lesson in its language, where its parts are here, and marks it in the list. */
export function showLesson({ lang, lesson }: State): void {
  const list = element("lessons");
  list.setAttribute("aria-label", words(lang).lessons);
  for (const link of list.querySelectorAll<HTMLElement>("a")) {
    if (link.dataset["lesson"] === lesson) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  afterPaint(showCurrent); // earlier, it would ask for a layout of its own
  for (const article of document.querySelectorAll<HTMLElement>("#lesson > article")) {
    const shown = article.lang === lang && article.dataset["lesson"] === lesson;
    article.hidden = !shown;
    // An id may stand only once in a document: the shown article has them.
    const [from, to] = shown ? ["data-id", "id"] : ["id", "data-id"];
    for (const heading of article.querySelectorAll(`h2[${from}], h3[${from}]`)) {
      heading.setAttribute(to, heading.getAttribute(from)!);
      heading.removeAttribute(from);
    }
  }
}

/** Before a jump: sections out of sight have guessed heights until they are seen (styles/prose.css), which would lead it astray. */
export function layOutAll(): void {
  element("lesson").classList.add("whole");
}

// On a phone the list is longer than the window is wide.
function showCurrent(): void {
  const list = element("lessons");
  const current = list.querySelector<HTMLElement>("[aria-current]");
  if (current) list.scrollLeft = current.offsetLeft - (list.clientWidth - current.offsetWidth) / 2;
}

/**
 * Where one is reading: the last heading above the window's middle, and how far above its top edge lies. Kept over a change
 * of language, since the sections are the same.
 */
export function readingPlace(): { id: string; top: number } | null {
  // A heading has a place when its section was laid out; a section has one always.
  const sections = [...document.querySelectorAll<HTMLElement>("article:not([hidden]) section")];
  const heading = sections.filter((section) => section.getBoundingClientRect().top < innerHeight / 2).at(-1)?.querySelector("h2");
  return heading && scrollY > 0 ? { id: heading.id, top: heading.getBoundingClientRect().top } : null;
}

export function restorePlace({ id, top }: { id: string; top: number }): void {
  layOutAll();
  const heading = document.getElementById(id);
  if (heading) scrollBy({ top: heading.getBoundingClientRect().top - Math.max(top, 0), behavior: "instant" });
}

// A link from the prose has set something in the lab: show where, coming there if it is out of sight.
function flash(store: Store, target: HTMLElement): void {
  const { top, bottom } = target.getBoundingClientRect();
  if (bottom < 120 || top > innerHeight - 120) goTo(store, target.id);
  target.classList.remove("flash");
  void target.offsetWidth; // restarts the animation
  target.classList.add("flash");
}
