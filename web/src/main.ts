import "katex/dist/katex.min.css";
import "../styles/main.css";
import { showLine, showSources } from "./code";
import { preferredLanguage, startLanguage } from "./language";
import { goTo, startLesson } from "./lesson";
import { initialState, readHash, Store } from "./state";
import { startTheme } from "./theme";
import { tell } from "./alerts";
import { words } from "./words";

const isState = (hash: string): boolean => hash.includes("=");

function start(): void {
  const initial = initialState(preferredLanguage());
  const { state, wrong } = isState(location.hash) ? readHash(location.hash, initial) : { state: initial, wrong: [] };
  const store = new Store(state);
  startTheme(() => undefined);
  startLanguage(store);
  startLesson(store, showLine);
  showSources(state.lesson);
  store.onChange(({ lesson }) => showSources(lesson));
  const complain = (values: string[]): void => {
    if (values.length > 0) tell(words(store.state.lang).wrongAddress(values.join(", ")));
  };
  complain(wrong);
  if (!isState(location.hash) && location.hash) goTo(location.hash.slice(1));

  addEventListener("popstate", () => {
    if (!isState(location.hash) && location.hash) return goTo(location.hash.slice(1));
    const read = readHash(location.hash, initialState(store.state.lang));
    store.restore(read.state);
    complain(read.wrong);
  });
}

start();
