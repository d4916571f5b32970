// The prose: which article is shown, links within it, and links from it to the code and the lab.
import { lessons } from "virtual:page";
import { element, prefersStillness } from "./dom";
import { readHash, type State, type Store } from "./state";
import { words } from "./words";

/** `showCode` scrolls the code panel to a line. */
export function startLesson(store: Store, showCode: (file: string, line: number) => void): void {
  listLessons(store);
  store.onChange((state, before) => {
    if (state.lang !== before.lang || state.lesson !== before.lesson) show(state);
  });
  show(store.state);

  document.addEventListener("click", (event) => {
    const link = (event.target as Element).closest<HTMLAnchorElement>('a[href^="#"]');
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const hash = link.getAttribute("href")!;
    event.preventDefault();
    if (link.dataset["file"]) {
      store.set({ view: "step" });
      showCode(link.dataset["file"], Number(link.dataset["line"]));
    }
    if (!hash.includes("=")) return goTo(hash.slice(1));
    const { lesson } = store.state;
    store.set(readHash(hash, store.state).state, { entry: true });
    if (store.state.lesson !== lesson) goTo("lesson");
    else flash(element("bench"));
  });
}

/** Scrolls to an element, opening what it is folded into, and moves the focus there. */
export function goTo(id: string): void {
  const target = document.getElementById(id);
  if (!target) return;
  target.closest("details")?.setAttribute("open", "");
  target.scrollIntoView({ behavior: prefersStillness() ? "auto" : "smooth", block: "start" });
  if (target.tabIndex < 0) target.tabIndex = -1;
  target.focus({ preventScroll: true });
}

function show({ lang, lesson }: State): void {
  const place = readingPlace();
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
  if (place) restorePlace(place);
}

// Where one is reading: the last heading above the window's middle, and how far above its top edge lies. Kept over a
// change of language, since the sections are the same.
function readingPlace(): { id: string; top: number } | null {
  const headings = [...document.querySelectorAll<HTMLElement>("article:not([hidden]) > h2[id]")];
  const above = headings.filter((heading) => heading.getBoundingClientRect().top < innerHeight / 2).at(-1);
  return above && scrollY > 0 ? { id: above.id, top: above.getBoundingClientRect().top } : null;
}

function restorePlace({ id, top }: { id: string; top: number }): void {
  const heading = document.getElementById(id);
  if (heading) scrollBy({ top: heading.getBoundingClientRect().top - Math.max(top, 0), behavior: "instant" });
}

// A link from the prose has set something in the lab: show where, coming there if it is out of sight.
function flash(target: HTMLElement): void {
  const { top, bottom } = target.getBoundingClientRect();
  if (bottom < 120 || top > innerHeight - 120) goTo(target.id);
  target.classList.remove("flash");
  void target.offsetWidth; // restarts the animation
  target.classList.add("flash");
}

function listLessons(store: Store): void {
  const nav = element("lessons");
  nav.hidden = lessons.length < 2;
  const fill = ({ lang, lesson }: State): void => {
    nav.setAttribute("aria-label", words(lang).lessons);
    nav.replaceChildren(
      ...lessons.map(({ id, title }, index) => {
        const link = document.createElement("a");
        link.href = `#lesson=${id}`;
        link.textContent = `${index + 1}. ${title[lang]}`;
        if (id === lesson) link.setAttribute("aria-current", "page");
        return link;
      }),
    );
    nav.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "center", behavior: "instant" });
  };
  store.onChange((state, before) => {
    if (state.lang !== before.lang || state.lesson !== before.lesson) fill(state);
  });
  fill(store.state);
}
