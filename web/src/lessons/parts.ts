// What belongs to one lesson alone: its prose and its sources. Each lesson has a page of its own, and comes out of it into this
// one when it is opened.
import { lessons } from "virtual:page";
import { element } from "../dom";
import { startExercises } from "../exercises/exercises";
import { startQuestions } from "../questions";
import { startCalculators } from "./calculator";

const articles = (): HTMLElement[] => [...document.querySelectorAll<HTMLElement>("#lesson > article")];

/** The lesson whose page this is. */
export const ownLesson = articles()[0]!.dataset["lesson"]!;

const coming = new Map<string, Promise<void>>();

/** Settles when the lesson's parts are in the document, not shown yet. Fails where they cannot be fetched. */
export function bringLesson(lesson: string): Promise<void> {
  if (articles().some(({ dataset }) => dataset["lesson"] === lesson)) return Promise.resolve();
  const begun = coming.get(lesson) ?? fetchParts(lesson).finally(() => coming.delete(lesson));
  coming.set(lesson, begun);
  return begun;
}

async function fetchParts(lesson: string): Promise<void> {
  const { page } = lessons.find(({ id }) => id === lesson)!;
  const response = await fetch(new URL(page, document.baseURI));
  if (!response.ok) throw new Error(`${page}: ${response.status} ${response.statusText}`);
  const theirs = new DOMParser().parseFromString(await response.text(), "text/html");
  const [prose, code] = [element("lesson"), element("code")];
  for (const article of theirs.querySelectorAll<HTMLElement>("#lesson > article")) {
    article.hidden = true;
    article.removeAttribute("id"); // the page's own articles have it
    prose.append(article);
    startCalculators(article);
    startQuestions(article);
    startExercises(article);
  }
  for (const file of theirs.querySelectorAll<HTMLElement>("#code > .file")) {
    if (code.querySelector(`[data-file="${CSS.escape(file.dataset["file"]!)}"]`)) continue;
    file.hidden = true;
    code.append(file);
  }
}
