// The page's language: from the address, else from the last visit, else from the browser.
import { lessons } from "virtual:page";
import { button } from "./dom";
import type { Language, State, Store } from "./state";
import { recall, remember } from "./storage";

export function preferredLanguage(): Language {
  const stored = recall("language");
  if (stored === "en" || stored === "ko") return stored;
  return navigator.languages.some((tag) => tag.startsWith("ko")) ? "ko" : "en";
}

export function startLanguage(store: Store): void {
  const toggle = button("language");
  const apply = ({ lang, lesson }: State): void => {
    document.documentElement.lang = lang;
    const title = lessons.find(({ id }) => id === lesson)!.title[lang];
    document.title = `${title} · CNN Lab`;
    toggle.lang = lang === "en" ? "ko" : "en"; // the button is in the language that it leads to
    toggle.textContent = lang === "en" ? "한국어" : "English";
  };
  toggle.addEventListener("click", () => {
    const lang = store.state.lang === "en" ? "ko" : "en";
    remember("language", lang);
    store.set({ lang });
  });
  store.onChange(apply);
  apply(store.state);
}
