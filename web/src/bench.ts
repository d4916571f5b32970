// The lab: the program in WebAssembly, the network that reads, and the views that work with them, one folder each.
import { assets } from "virtual:page";
import { tell } from "./alerts";
import { breathe, element, setText } from "./dom";
import { DrawControls } from "./draw/draw_controls";
import { KeptControls } from "./draw/kept_controls";
import type { Source } from "./draw/words";
import { wakeGraphics } from "./graphics";
import { LabView } from "./lab";
import { LookControls } from "./look/look";
import { sameNetwork } from "./options";
import { startPictures } from "./pictures";
import { Program, ProgramError, programUrl } from "./program";
import type { State, Store } from "./state";
import { checkSources } from "./step/code";
import { startStepControls } from "./step/step_controls";
import type { Trace } from "./step/trace";
import { TrainView } from "./train/train_view";
import { words } from "./words";

function loadScript(url: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = url;
    script.onload = () => resolve();
    script.onerror = () => reject(new Error(`${url} could not be fetched`));
    document.head.append(script);
  });
}

/** Why there is no lab; `reason` is what words.ts calls it. */
export class CannotOpen extends Error {
  constructor(readonly reason: "noWebAssembly" | "notBuilt") {
    super(words("en")[reason]);
  }
}

export class Bench {
  readonly program: Program;
  readonly view: LabView;
  readonly drawing: DrawControls;
  readonly trace: Trace;
  readonly look: LookControls;
  readonly train: TrainView;
  readonly #store: Store;
  #unrecorded = false; // the trace is of earlier weights, since nobody looked at it

  /** Loads the program and brings the lab to life. Throws when there is no WebAssembly, or it does not start. */
  static async open(store: Store, dark: boolean): Promise<Bench> {
    const url = programUrl(document.baseURI);
    if (typeof WebAssembly === "undefined") throw new CannotOpen("noWebAssembly");
    if (!url) throw new CannotOpen("notBuilt");
    const [program] = await Promise.all([Program.load(url, loadScript), wakeGraphics()]);
    await breathe();
    const bench = new Bench(store, program);
    await breathe();
    await bench.#startPictures(dark);
    await bench.#useLesson();
    return bench;
  }

  private constructor(store: Store, program: Program) {
    this.#store = store;
    this.program = program;
    this.#checkSources();
    this.view = new LabView(program, (finished) => this.#drawingChanged(finished));
    this.drawing = new DrawControls(program, this.view, store, () => this.#drawingChanged(true));
    new KeptControls(program, this.view, store, (weights) => void this.#useWeights(weights, "tuned"));
    this.trace = startStepControls(program, this.view, store);
    this.look = new LookControls(program, this.view, store, () => void this.trace.record());
    this.train = new TrainView(program, this.view, store, {
      train: (bytes) => void this.#useWeights(bytes, "training"),
      load: (bytes, name) => void this.#useWeights(bytes, "loaded", name),
      restore: () => void this.#useLesson().catch((error: Error) => tell(error.message)),
    });
    startPictures(program, store);
    store.onChange((state, before) => this.#follow(state, before));
    this.drawing.begin();
    addEventListener("error", (event) => tell(event.message));
  }

  setTheme(dark: boolean): void {
    this.view.setTheme(dark);
  }

  /** Uses weights that somebody brings. Throws when they are not this network's. */
  load(bytes: Uint8Array): void {
    void this.#useWeights(bytes, "loaded");
  }

  async #startPictures(dark: boolean): Promise<void> {
    const { lang, view } = this.#store.state;
    this.view.setTheme(dark);
    this.view.setLanguage(lang);
    this.view.show(view);
    try {
      await this.view.start();
    } catch (error) {
      if (!(error instanceof ProgramError)) throw error;
      element("stage").hidden = true;
    }
    this.#labels();
  }

  #checkSources(): void {
    checkSources((path) => this.program.text("cnnlab_source", path));
  }

  #labels(): void {
    const say = words(this.#store.state.lang);
    element("lab").setAttribute("aria-label", say.canvas);
    const message = element("lab-message");
    message.hidden = !element("stage").hidden;
    setText(message, message.hidden ? "" : say.noWebGl);
  }

  // The lesson's network, with the weights that come with the page where there are some.
  async #useLesson(): Promise<void> {
    const { state } = this.#store;
    this.program.run("lab_set_lesson", state.lesson, JSON.stringify(state.options));
    const file = this.#shipped();
    if (!file) return this.#weightsChanged("untrained");
    const response = await fetch(new URL(file, document.baseURI));
    if (!response.ok) throw new Error(`${file}: ${response.status} ${response.statusText}`);
    const bytes = new Uint8Array(await response.arrayBuffer());
    if (sameNetwork(this.#store.state, state) && !this.train.training.settings) await this.#useWeights(bytes, "shipped", file);
  }

  // The weights that come with the page are those of the network that has the lesson's own options.
  #shipped(): string | undefined {
    const { lesson, options } = this.#store.state;
    return Object.keys(options).length === 0 ? assets.weights[lesson] : undefined;
  }

  /** Settles when the trace of these weights is recorded. */
  #useWeights(bytes: Uint8Array, source: Source, name: string = source): Promise<void> {
    this.program.run("lab_load", bytes, bytes.length, name);
    return this.#weightsChanged(source);
  }

  async #weightsChanged(source: Source): Promise<void> {
    this.drawing.setSource(source);
    this.view.wake();
    // Weights that are trained change every second.
    this.#unrecorded = source === "training" && !this.#showsTrace;
    if (this.#unrecorded) return;
    await breathe();
    await this.trace.record();
  }

  get #showsTrace(): boolean {
    return ["step", "look"].includes(this.#store.state.view);
  }

  #drawingChanged(finished: boolean): void {
    this.view.wake();
    this.drawing.changed(finished);
    if (finished && this.#store.state.image === "drawing") void this.trace.record();
  }

  #follow(state: State, before: State): void {
    if (state.lesson !== before.lesson) this.#checkSources(); // they came with its prose
    if (state.lang !== before.lang) {
      this.view.setLanguage(state.lang);
      this.#labels();
    }
    if (state.view !== before.view) this.view.show(state.view);
    if (this.#unrecorded && this.#showsTrace) {
      this.#unrecorded = false;
      void this.trace.record();
    }
    if (!sameNetwork(state, before)) this.train.actions.reset();
  }
}
