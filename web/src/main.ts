import "katex/dist/katex.min.css";
import "../styles/main.css";
import { tell } from "./alerts";
import { offerLab } from "./api";
import { Bench, CannotOpen } from "./bench";
import { showLine, showSources } from "./step/code";
import { afterPaint, element, setText, whenNear } from "./dom";
import { preferredLanguage, startLanguage } from "./language";
import { goTo, showLesson, startLesson, whenHere } from "./lesson";
import { startCalculators } from "./lessons/calculator";
import { ownLesson } from "./lessons/parts";
import { startOptions } from "./options";
import { startSettings } from "./train/settings";
import { startExercises } from "./exercises/exercises";
import { startQuestions } from "./questions";
import { initialState, readHash, Store } from "./state";
import { startOffline } from "./offline";
import { startTheme } from "./theme";
import { startViews } from "./views";
import { startWide } from "./wide";
import { words, type Words } from "./words";

// A hash is either the state, "#lesson=inception&…", or the place of a section, "#what-it-saves".
const isState = (hash: string): boolean => hash.includes("=");

function openStore(): Store {
  const initial = initialState(ownLesson, preferredLanguage());
  const complain = (store: Store, wrong: string[]): void => {
    if (wrong.length > 0) tell(words(store.state.lang).wrongAddress(wrong.join(", ")));
  };
  const read = readHash(isState(location.hash) ? location.hash : "", initial);
  const store = new Store(read.state);
  complain(store, read.wrong);
  addEventListener("popstate", () => {
    if (location.hash && !isState(location.hash)) return goTo(store, location.hash.slice(1));
    const { state, wrong } = readHash(location.hash, initialState(ownLesson, store.state.lang));
    void whenHere(state.lesson, store, () => store.restore(state));
    complain(store, wrong);
  });
  return store;
}

// One message that stays, in the language of the page.
function sayWhyNot(store: Store, say: (words: Words) => string): void {
  const message = element("lab-message");
  const show = (): void => setText(message, say(words(store.state.lang)));
  message.hidden = false;
  element("stage").hidden = true;
  store.onChange(show);
  show();
}

async function openBench(store: Store, dark: () => boolean): Promise<Bench> {
  try {
    const bench = await Bench.open(store, dark());
    bench.setTheme(dark()); // it may have changed while loading
    return bench;
  } catch (error) {
    const { message } = error as Error;
    sayWhyNot(store, (say) => (error instanceof CannotOpen ? say[error.reason] : say.notLoaded(message)));
    throw error;
  }
}

// The lab is opened when it comes near the window, or is asked for; first of all the page is painted. So reading never waits.
function whenNeeded(begin: () => Promise<Bench>): { opened: Promise<Bench>; open: () => void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve)).then(begin);
  whenNear(element("bench"), () => afterPaint(open));
  return { opened, open };
}

function start(): void {
  const store = openStore();
  startLesson(store, showLine); // the first to hear of a change of language: it looks where one is reading before anything moves
  startLanguage(store);
  startQuestions(document);
  startExercises(document);
  startCalculators(document);
  startOptions(store);
  startSettings(store);
  startViews(store);
  startWide(store);
  store.onChange(({ lesson }) => showSources(lesson));
  showLesson(store.state); // which may have to come first: until then nothing, rather than this page's own
  const here = whenHere(store.state.lesson, store, () => {
    showLesson(store.state);
    showSources(store.state.lesson);
  });
  if (location.hash && !isState(location.hash)) goTo(store, location.hash.slice(1));

  let bench: Bench | null = null;
  let dark = false;
  startTheme((isDark) => {
    dark = isDark;
    bench?.setTheme(isDark);
  });
  setText(element("prediction"), words(store.state.lang).loadingLab);
  const { opened, open } = whenNeeded(() => here.then(() => openBench(store, () => dark)));
  opened.then(
    (opening) => (bench = opening),
    () => setText(element("prediction"), ""),
  );
  offerLab(store, opened, open);
  const idle = (): boolean => store.state.drawing === "" && (bench === null || bench.train.training.status().state === "idle");
  // Whether there is a lab or not: it is the network's turn once all that the page needs has come.
  addEventListener("load", () => void startOffline(idle).catch(() => undefined));
}

start();
