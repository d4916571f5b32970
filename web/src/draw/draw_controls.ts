// Clear, Undo, the stages of preparation, and what the network reads, in words.
import { button, element, throttle } from "../dom";
import type { LabView } from "../lab";
import { LiveText } from "../live";
import type { Program } from "../program";
import type { Store } from "../state";
import { drawWords, type Source } from "./words";

export class DrawControls {
  readonly #program: Program;
  readonly #view: LabView;
  readonly #store: Store;
  readonly #changed: () => void;
  readonly #read = new LiveText(element("prediction"));
  #source: Source = "untrained";
  #spokenDigit: number | null | undefined;

  /** `onDrawing` is told when the drawing has changed otherwise than by the pen. */
  constructor(program: Program, view: LabView, store: Store, onDrawing: () => void) {
    this.#program = program;
    this.#view = view;
    this.#store = store;
    this.#changed = onDrawing;
    const [clear, undo] = [button("clear"), button("undo")];
    clear.addEventListener("click", () => this.clear());
    undo.addEventListener("click", () => {
      program.call("lab_undo");
      onDrawing();
    });
    const stages = element<HTMLFieldSetElement>("stages");
    stages.addEventListener("change", () => {
      const chosen = [...stages.querySelectorAll("input")].map(({ name, checked }) => [name, checked]);
      program.run("lab_set_stages", JSON.stringify(Object.fromEntries(chosen)));
      onDrawing();
    });
    for (const control of [clear, undo, stages]) control.disabled = false;
    store.onChange((state, before) => {
      if (state.lang !== before.lang) this.say();
    });
  }

  clear(): void {
    this.#program.call("lab_clear");
    this.#changed();
  }

  /** Where the weights come from that read from now on. */
  setSource(source: Source): void {
    this.#source = source;
    this.say();
  }

  readonly say = throttle(() => {
    const read = this.#view.prediction();
    const digit = read ? read.digit : null;
    this.#read.show(drawWords(this.#store.state.lang).prediction(read, this.#source), digit !== this.#spokenDigit);
    this.#spokenDigit = digit;
  }, 200);
}
