// The lab: the program in WebAssembly and everything on the page that talks to it.
import { assets } from "virtual:page";
import { tell } from "./alerts";
import { checkSources } from "./code";
import { button, element, input, setText, throttle } from "./dom";
import { LabView } from "./lab";
import { LiveText } from "./live";
import { Program, ProgramError, programUrl } from "./program";
import type { State, Store } from "./state";
import { showStep } from "./step_words";
import { Trace, type Step } from "./trace";
import { Training } from "./training";
import { runSettings, startTrainingControls, type TrainingActions } from "./training_controls";
import { words, type Source } from "./words";

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
  readonly trace: Trace;
  readonly training: Training;
  readonly actions: TrainingActions;
  readonly #store: Store;
  readonly #read = new LiveText(element("prediction"));
  #source: Source = "untrained";
  #spokenDigit: number | null | undefined;

  /** Loads the program and brings the lab to life. Throws when there is no WebAssembly, or it does not start. */
  static async open(store: Store, dark: boolean): Promise<Bench> {
    const url = programUrl(document.baseURI);
    if (typeof WebAssembly === "undefined") throw new CannotOpen("noWebAssembly");
    if (!url) throw new CannotOpen("notBuilt");
    const bench = new Bench(store, await Program.load(url, loadScript), dark);
    await bench.#useLesson();
    return bench;
  }

  private constructor(store: Store, program: Program, dark: boolean) {
    this.#store = store;
    this.program = program;
    checkSources((path) => program.text("cnnlab_source", path));
    this.view = new LabView(program, (finished) => this.#drawingChanged(finished));
    this.#startPictures(dark);
    this.trace = new Trace(
      program,
      this.view,
      store,
      (step) => this.#stepShown(step),
      (problem) => this.#traceProblem(problem),
    );
    this.training = new Training(store.state.lesson, {
      status: () => this.#trainingChanged(),
      weights: (bytes) => void this.#useWeights(bytes, "training"),
      report: (report) => {
        program.run("lab_training_event", JSON.stringify(report));
        this.view.wake();
      },
      begun: () => this.#emptyCurve(),
    });
    this.actions = this.#trainingActions();
    this.#trainingChanged = startTrainingControls(store, this.training, this.actions, (error) => tell((error as Error).message));
    this.#startButtons();
    store.onChange((state, before) => this.#follow(state, before));
    addEventListener("error", (event) => tell(event.message));
  }

  setTheme(dark: boolean): void {
    this.view.setTheme(dark);
  }

  clear(): void {
    this.program.call("lab_clear");
    this.#drawingChanged(true);
  }

  /** Weights that somebody brings. Throws ProgramError when they are not this network's. */
  load(bytes: Uint8Array): void {
    void this.#useWeights(bytes, "loaded");
  }

  #trainingChanged: () => void = () => undefined;

  #startPictures(dark: boolean): void {
    this.view.setTheme(dark);
    this.view.setLanguage(this.#store.state.lang);
    try {
      this.view.start();
    } catch (error) {
      if (!(error instanceof ProgramError)) throw error;
      element("stage").hidden = true;
    }
    this.#labels();
  }

  #labels(): void {
    const say = words(this.#store.state.lang);
    element("lab").setAttribute("aria-label", say.canvas);
    const message = element("lab-message");
    message.hidden = !element("stage").hidden;
    setText(message, message.hidden ? "" : say.noWebGl);
  }

  #startButtons(): void {
    const [clear, undo, previous, next] = ["clear", "undo", "previous", "next"].map(button) as [HTMLButtonElement, HTMLButtonElement, HTMLButtonElement, HTMLButtonElement];
    const slider = input("step");
    clear.addEventListener("click", () => this.clear());
    undo.addEventListener("click", () => {
      this.program.call("lab_undo");
      this.#drawingChanged(true);
    });
    previous.addEventListener("click", () => this.trace.go(this.#store.state.step - 1));
    next.addEventListener("click", () => this.trace.go(this.#store.state.step + 1));
    slider.addEventListener("input", () => this.trace.go(Number(slider.value)));
    const stages = element<HTMLFieldSetElement>("stages");
    stages.addEventListener("change", () => {
      const chosen = [...stages.querySelectorAll("input")].map(({ name, checked }) => [name, checked]);
      this.program.run("lab_set_stages", JSON.stringify(Object.fromEntries(chosen)));
      this.#drawingChanged(true);
    });
    stages.disabled = false;
    for (const control of [clear, undo, slider, ...document.querySelectorAll<HTMLInputElement>(".source-row input")]) control.disabled = false;
  }

  #trainingActions(): TrainingActions {
    const settings = (): ReturnType<typeof runSettings> => runSettings(this.#store);
    return {
      start: () => this.training.start(settings()),
      pause: () => this.training.pause(),
      step: () => this.training.step(settings()),
      reset: () => {
        this.training.reset(this.#store.state.lesson);
        this.#emptyCurve();
        void this.#useLesson().catch((error: Error) => tell(error.message));
      },
    };
  }

  #emptyCurve(): void {
    this.program.call("lab_training_reset");
    this.view.wake();
  }

  // The lesson's network, with the weights that come with the page where there are some.
  async #useLesson(): Promise<void> {
    const { lesson } = this.#store.state;
    this.program.run("lab_set_lesson", lesson, "{}");
    const file = assets.weights[lesson];
    if (!file) return this.#weightsChanged("untrained");
    const response = await fetch(new URL(file, document.baseURI));
    if (!response.ok) throw new Error(`${file}: ${response.status} ${response.statusText}`);
    const bytes = new Uint8Array(await response.arrayBuffer());
    if (this.#store.state.lesson === lesson && !this.training.settings) await this.#useWeights(bytes, "shipped");
  }

  /** Settles when the trace of these weights is recorded. */
  #useWeights(bytes: Uint8Array, source: Source): Promise<void> {
    this.program.run("lab_load", bytes, bytes.length, source === "shipped" ? assets.weights[this.#store.state.lesson]! : source);
    return this.#weightsChanged(source);
  }

  #weightsChanged(source: Source): Promise<void> {
    this.#source = source;
    this.#sayPrediction();
    return this.trace.record();
  }

  #drawingChanged(finished: boolean): void {
    this.view.wake();
    this.#sayPrediction();
    if (finished && this.#store.state.image === "drawing") void this.trace.record();
  }

  readonly #sayPrediction = throttle(() => {
    const read = this.view.prediction();
    const digit = read ? read.digit : null;
    this.#read.show(words(this.#store.state.lang).prediction(read, this.#source), digit !== this.#spokenDigit);
    this.#spokenDigit = digit;
  }, 200);

  #stepShown(step: Step | null): void {
    showStep(step, this.#store.state.lang);
    const [slider, last] = [input("step"), Math.max(this.trace.length - 1, 0)];
    slider.max = String(last);
    slider.value = String(step?.index ?? 0);
    if (step) slider.setAttribute("aria-valuetext", words(this.#store.state.lang).step(step).title);
    button("previous").disabled = !step || step.index === 0;
    button("next").disabled = !step || step.index === last;
  }

  #traceProblem(problem: "nothing-drawn" | Error | null): void {
    const say = words(this.#store.state.lang);
    setText(element("image-error"), problem === null ? "" : problem === "nothing-drawn" ? say.nothingDrawn : say.noTestImage(problem.message));
  }

  #follow(state: State, before: State): void {
    if (state.lang !== before.lang) {
      this.view.setLanguage(state.lang);
      this.#labels();
      this.#sayPrediction();
      this.#stepShown(this.trace.state());
    }
    if (state.lesson !== before.lesson) this.actions.reset();
  }
}
