// The page's state is one object, and the URL's hash is its only other form: a link reproduces what is on screen.
import { lessons } from "virtual:page";
import { readOptions, writeOptions, type Options } from "./options";
import { DATA, type DataName } from "./train/mnist";
import { readContestants } from "./race/contestants";
import { readRuns } from "./race/recorded";
import { VIEWS, type View } from "./views";

export type Language = "en" | "ko";

export interface State {
  lesson: string;
  options: Options; // of the lesson's network
  view: View;
  step: number; // of the trace
  image: number | "drawing"; // what the trace is run on: a test image, or the pad
  break: string; // breakpoints: "model.hpp:23,training.hpp:14"
  pixel: string; // the number that the step points at: its place in the tensor that is shown, or place.tensor
  seed: number;
  lr: number;
  momentum: number;
  batch: number;
  pen: number; // pixels that its strokes are wide in the network's picture
  off: string; // stages of preparation that are switched off, with commas between
  drawing: string; // what is on the pad (web/lab/draw/drawing_text.cpp)
  layer: string; // the part of the network that is looked at
  open: string; // modules that show what they hold; as all lists here: separated by commas
  cut: string; // parts of the network that are switched off, …
  fresh: string; // … have forgotten what they learned, …
  pass: string; // … or let their input through
  method: "gradient" | "occlusion"; // how it is found out what the pixels did, …
  answer: number | "read"; // … and for which class
  epochs: number;
  augment: "off" | "on";
  data: DataName;
  scale: "linear" | "log"; // of the loss
  norms: "gradient" | "weight"; // whose size is shown, layer by layer
  whose: string; // layers those are, where it is not the training's: "race.0" a racing network's, "cifar10.2" a recorded one's
  race: string; // the networks that race (race/contestants.ts)
  runs: string; // recorded races that are shown (race/recorded.ts)
  wide: string; // "on": the lab has the window to itself (where that is large enough)
  lang: Language;
}

/** State that is a name or a list of names: whether there are such parts is known when the network has run. */
export const NAMES = ["layer", "open", "cut", "fresh", "pass"] as const;

interface Range {
  least: number;
  most: number;
  whole: boolean;
  initial: number;
}

/** What the numbers may be. The initial values are the source lesson's. */
export const RANGES = {
  step: { least: 0, most: 9999, whole: true, initial: 0 },
  image: { least: 0, most: 9999, whole: true, initial: 0 },
  answer: { least: 0, most: 9, whole: true, initial: 0 },
  seed: { least: 0, most: 4294967295, whole: true, initial: 1 },
  lr: { least: 0.000001, most: 10, whole: false, initial: 0.01 },
  momentum: { least: 0, most: 0.999, whole: false, initial: 0.5 },
  batch: { least: 1, most: 1024, whole: true, initial: 64 },
  pen: { least: 1, most: 6, whole: false, initial: 2.2 },
  epochs: { least: 1, most: 100, whole: true, initial: 9 },
} satisfies Record<string, Range>;

/** What may be chosen. */
const CHOICES = { augment: ["off", "on"], data: DATA, method: ["gradient", "occlusion"], scale: ["linear", "log"], norms: ["gradient", "weight"] } satisfies Partial<Record<keyof State, readonly string[]>>;

/** What texts may be, besides empty. */
const PATTERNS = {
  break: /^[\w.]+:\d+(,[\w.]+:\d+)*$/,
  pixel: /^\d{1,9}(\.\d{1,2})?$/,
  whose: /^[\w-]+\.\d$/,
  off: /^(crop|scale|center)(,(crop|scale|center))*$/,
  drawing: /^[.~A-Za-z0-9_-]{0,20000}$/,
  wide: /^on$/,
} satisfies Record<string, RegExp>;

export type NumberName = keyof typeof RANGES;
export type Setting = "seed" | "lr" | "momentum" | "batch" | "epochs";
export const SETTINGS: readonly Setting[] = ["seed", "lr", "momentum", "batch", "epochs"];

/** The stages that bring a drawing to MNIST's form. */
export const STAGES = ["crop", "scale", "center"] as const;
export type Stage = (typeof STAGES)[number];

/** A number as somebody typed it, or null when it is none or lies out of range. */
export function parseNumber(name: NumberName, text: string): number | null {
  const { least, most, whole } = RANGES[name];
  const value = Number(text);
  const good = text.trim() !== "" && value >= least && value <= most && (!whole || Number.isInteger(value));
  return good ? value : null;
}

const nothingChosen = { layer: "", open: "", cut: "", fresh: "", pass: "", answer: "read" } as const;

export function initialState(lesson: string, lang: Language): State {
  return { lesson, options: {}, view: "draw", step: 0, image: 0, break: "", pixel: "", seed: 1, lr: 0.01, momentum: 0.5, batch: 64, epochs: 9, augment: "off", data: "mnist", scale: "linear", norms: "gradient", whose: "", race: "", runs: "", pen: 2.2, off: "", drawing: "", ...nothingChosen, method: "gradient", wide: "", lang };
}

// Another lesson begins with its own options, at its first step, and nothing of its network is chosen yet.
const BEGINNING = { options: {}, step: 0, break: "", pixel: "", ...nothingChosen } satisfies Partial<State>;

/**
 * Reads a hash over a state: what it does not mention stays. Names in `wrong` had a value that cannot be, which the
 * state kept from `base`.
 */
export function readHash(hash: string, base: State): { state: State; wrong: string[] } {
  const wrong: string[] = [];
  const named = new URLSearchParams(hash.replace(/^#/, ""));
  const lesson = lessons.find(({ id }) => id === named.get("lesson"))?.id ?? base.lesson;
  const state = { ...base, ...(lesson !== base.lesson && BEGINNING), lesson };
  for (const [name, text] of named) {
    if (name === "lesson" && text === lesson) continue;
    else if (name === "view" && VIEWS.some((view) => view === text)) state.view = text as View;
    else if (name === "lang" && (text === "en" || text === "ko")) state.lang = text;
    else if (name === "image" && text === "drawing") state.image = text;
    else if (name === "options" && readOptions(lesson, text)) state.options = readOptions(lesson, text)!;
    else if (name in CHOICES && (CHOICES[name as keyof typeof CHOICES] as readonly string[]).includes(text)) Object.assign(state, { [name]: text });
    else if (name in PATTERNS && (text === "" || PATTERNS[name as keyof typeof PATTERNS].test(text))) state[name as keyof typeof PATTERNS] = text;
    else if (NAMES.some((list) => list === name)) state[name as (typeof NAMES)[number]] = text;
    else if (name === "race" && readContestants(text)) state.race = text;
    else if (name === "runs" && readRuns(text)) state.runs = text;
    else if (name === "answer" && text === "read") state.answer = text;
    else if (name in RANGES && parseNumber(name as NumberName, text) !== null) state[name as NumberName] = Number(text);
    else wrong.push(`${name}=${text}`);
  }
  return { state: { ...state, view: viewOf(named, state.view) }, wrong };
}

// A link that names no view is shown where what it sets can be seen.
function viewOf(named: URLSearchParams, view: View): View {
  if (named.has("view")) return view;
  if (["layer", "open", "cut", "fresh", "pass", "method", "answer"].some((name) => named.has(name))) return "look";
  if (["drawing", "pen", "off"].some((name) => named.has(name))) return "draw";
  if (["step", "image", "break", "pixel"].some((name) => named.has(name))) return "step";
  return [...SETTINGS, ...Object.keys(CHOICES), "whose", "race", "runs"].some((setting) => named.has(setting)) ? "train" : view;
}

export function writeHash(state: State): string {
  const said = Object.entries({ ...state, options: writeOptions(state.options) }).filter(([, value]) => value !== "");
  return "#" + new URLSearchParams(said.map(([name, value]) => [name, String(value)])).toString().replaceAll("%2C", ",").replaceAll("%3A", ":");
}

type Listener = (state: State, before: State) => void;

/** Holds the state, tells listeners of changes, and keeps the address bar in step. */
export class Store {
  #state: State;
  readonly #listeners: Listener[] = [];

  constructor(state: State) {
    this.#state = state;
  }

  get state(): State {
    return this.#state;
  }

  onChange(listener: Listener): void {
    this.#listeners.push(listener);
  }

  /** Changes the state. `entry` makes it a step in the browser's history, which Back undoes. */
  set(change: Partial<State>, { entry = false } = {}): void {
    const moved = change.lesson !== undefined && change.lesson !== this.#state.lesson;
    const next = { ...this.#state, ...(moved && BEGINNING), ...change };
    if (writeHash(next) === writeHash(this.#state)) return;
    if (entry) {
      this.#replaceNow(); // so that Back comes to what was there, the last change too
      history.pushState(null, "", writeHash(next));
    } else this.#replaceSoon();
    this.#apply(next);
  }

  /** Takes over what Back, Forward or an edited address has put into the hash. */
  restore(state: State): void {
    this.#apply(state);
  }

  #apply(next: State): void {
    const before = this.#state;
    this.#state = next;
    for (const listener of this.#listeners) listener(next, before);
  }

  // Browsers refuse more than about a hundred changes of the address in ten seconds, and a slider makes more.
  #pending = 0;
  #replaceSoon(): void {
    clearTimeout(this.#pending);
    this.#pending = window.setTimeout(() => this.#replaceNow(), 150);
  }

  #replaceNow(): void {
    if (this.#pending === 0) return;
    clearTimeout(this.#pending);
    this.#pending = 0;
    history.replaceState(null, "", writeHash(this.#state));
  }
}
