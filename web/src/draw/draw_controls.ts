// Clear, Undo, Redo, the pen, the stages of preparation; and what the network reads, in words.
import { button, element, input, setText, throttle } from "../dom";
import type { LabView } from "../lab";
import { LiveText } from "../live";
import { ProgramError, type Program } from "../program";
import { STAGES, type Stage, type State, type Store } from "../state";
import { startKeyboardPad } from "./keyboard_pad";
import { drawWords, type Source } from "./words";

interface Drawn {
  text: string;
  undo: boolean;
  redo: boolean;
}

export class DrawControls {
  readonly #program: Program;
  readonly #view: LabView;
  readonly #store: Store;
  readonly #changed: () => void;
  readonly #read = new LiveText(element("prediction"));
  #source: Source = "shipped"; // until one is told: weights are on their way
  #spokenDigit: number | null | undefined;

  /** `onDrawing` is told when the drawing, or how it is read, has changed otherwise than by the pen. */
  constructor(program: Program, view: LabView, store: Store, onDrawing: () => void) {
    this.#program = program;
    this.#view = view;
    this.#store = store;
    this.#changed = onDrawing;
    this.#edit("clear", "lab_clear");
    this.#edit("undo", "lab_undo");
    this.#edit("redo", "lab_redo");
    this.#startPen();
    this.#startStages();
    startKeyboardPad(program, store, onDrawing);
    store.onChange((state, before) => this.#follow(state, before));
  }

  /** Takes over what the address says of pen, stages and drawing. */
  begin(): void {
    this.#follow(this.#store.state, { ...this.#store.state, pen: 0, off: "-", drawing: "" });
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

  /** The drawing has changed; `finished`: the pen was lifted. */
  changed(finished: boolean): void {
    this.say();
    if (!finished) return;
    const { text, undo, redo } = this.#program.json<Drawn>("lab_drawing");
    button("clear").disabled = false;
    this.#allow(button("undo"), undo);
    this.#allow(button("redo"), redo);
    this.#store.set({ drawing: text });
  }

  readonly say = throttle(() => {
    const read = this.#view.prediction();
    const digit = read ? read.digit : null;
    const say = drawWords(this.#store.state.lang);
    element("prediction").classList.toggle("empty", !read);
    this.#read.show(say.prediction(read, this.#source), digit !== this.#spokenDigit);
    this.#spokenDigit = digit;
    element<HTMLFieldSetElement>("correct").disabled = !read;
    const otherwise = this.#program.json<Partial<Record<Stage, { digit: number; probability: number }>>>("lab_stage_readings");
    for (const stage of STAGES) setText(element(`why-${stage}`), say.why(stage, this.#isOn(stage), digit, otherwise[stage]));
  }, 200);

  #edit(id: string, name: string): void {
    button(id).addEventListener("click", () => {
      this.#program.call(name);
      this.#changed();
    });
  }

  // A button that is disabled loses the focus: it goes to its neighbour.
  #allow(control: HTMLButtonElement, can: boolean): void {
    if (!can && document.activeElement === control) button("clear").focus();
    control.disabled = !can;
  }

  #isOn(stage: Stage): boolean {
    return !this.#store.state.off.split(",").includes(stage);
  }

  #startPen(): void {
    const pen = input("pen");
    pen.disabled = false;
    pen.addEventListener("input", () => this.#store.set({ pen: Number(pen.value) }));
  }

  // A stage is switched by its box in the list, or at its picture on the canvas.
  #startStages(): void {
    const stages = element<HTMLFieldSetElement>("stages");
    stages.disabled = false;
    const turn = (stage: string): void => {
      const off = STAGES.filter((name) => this.#isOn(name) === (name === stage));
      this.#store.set({ off: off.join(",") });
    };
    stages.addEventListener("change", (event) => turn((event.target as HTMLInputElement).name));
    this.#view.on("stage", ({ name }) => turn(String(name)));
  }

  #follow(state: State, before: State): void {
    if (state.lang !== before.lang) this.say();
    if (state.pen !== before.pen) {
      input("pen").value = String(state.pen);
      this.#program.call("lab_set_pen", state.pen);
      this.#changed();
    }
    if (state.off !== before.off) this.#applyStages();
    if (state.drawing !== before.drawing) this.#show(state.drawing);
  }

  #applyStages(): void {
    const on = Object.fromEntries(STAGES.map((stage) => [stage, this.#isOn(stage)]));
    for (const box of element("stages").querySelectorAll("input")) box.checked = on[box.name]!;
    this.#program.run("lab_set_stages", JSON.stringify(on));
    this.#changed();
  }

  // A drawing that comes from the address. What cannot be read is left out, as other wrong values are.
  #show(drawing: string): void {
    if (drawing === this.#program.json<Drawn>("lab_drawing").text) return;
    try {
      this.#program.run("lab_set_drawing", drawing);
    } catch (error) {
      if (!(error instanceof ProgramError)) throw error;
    }
    this.#changed();
  }
}
