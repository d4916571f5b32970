// The recorded run: which image it is on, which step is shown, and what the step did.
import type { LabView } from "../lab";
import type { Program } from "../program";
import type { State, Store } from "../state";
import { testImage } from "../train/mnist";
import { breakpointsOf, markLine, showBreakpoints, showHints, type Hint, type Place } from "./code";

export interface Tensor {
  name: string;
  shape: number[];
  minimum: number;
  maximum: number;
  largest_at: number;
  mean: number;
  norm: number;
  zeros: number;
  ways?: number;
  ways_so_far?: number;
}

/** One of the ways by which a gradient came. */
export interface Path {
  name: string;
  step: number;
  norm: number;
  share: number;
}

/** A step as lab_trace_state tells it. */
export interface Step {
  index: number;
  length: number;
  phase: "forward" | "backward" | "update";
  op: string;
  path: string;
  name: string;
  file: string;
  line: number;
  shape: number[];
  output_shape: number[];
  inputs: { name: string; shape: number[]; kind: "parameter" | "step" | "image" }[];
  parameters: number;
  multiply_adds: number;
  milliseconds: number;
  frames: { module: string; file: string; line: number }[];
  label: number;
  in: Tensor[];
  shown: Tensor[];
  hints: Hint[];
  out_channels?: number;
  in_channels?: number;
  bias?: boolean;
  kernel?: number;
  stride?: number;
  padding?: number;
  blocked?: number;
  lr?: number;
  momentum?: number;
  example?: { element: number; before: number; gradient: number; old_velocity: number; velocity: number; after: number };
  paths?: Path[];
}

/** The number that is pointed at, as lab_trace_picked tells it. */
export interface Picked {
  tensor: number;
  element: number;
  name: string;
  position: number[];
  value: number;
  sum: string;
}

/** Why there is no run on the chosen image. */
export type Problem = "nothing-drawn" | Error;

/** The moves of a debugger that need the modules. */
export type Move = "into" | "over" | "out";

export class Trace {
  readonly #program: Program;
  readonly #view: LabView;
  readonly #store: Store;
  readonly #onStep: (step: Step | null) => void;
  readonly #onProblem: (problem: Problem | null) => void;
  #turn = 0;

  constructor(
    program: Program,
    view: LabView,
    store: Store,
    onStep: (step: Step | null) => void,
    onProblem: (problem: Problem | null) => void,
  ) {
    [this.#program, this.#view, this.#store, this.#onStep, this.#onProblem] = [program, view, store, onStep, onProblem];
    store.onChange((state, before) => this.#follow(state, before));
  }

  get length(): number {
    return this.#program.call("lab_trace_length");
  }

  state(): Step | null {
    return this.#program.json("lab_trace_state");
  }

  picked(): Picked | null {
    return this.#program.json("lab_trace_picked");
  }

  /** Goes to a step; one that does not exist is corrected to the nearest that does. */
  go(index: number): void {
    const step = Math.min(Math.max(Math.round(index) || 0, 0), Math.max(this.length - 1, 0));
    if (step === this.#store.state.step) this.#show();
    else this.#store.set({ step, pixel: "" });
  }

  move(move: Move): void {
    this.go(this.#program.call(`lab_trace_${move}`));
  }

  /** Goes on to the next line with a breakpoint, or to the end. */
  goOn(): void {
    const places = breakpointsOf(this.#store.state).map(({ file, line }) => `${file}:${line}`);
    this.go(this.#program.call("lab_trace_to_break", places.join(",")));
  }

  /** Records a run with the weights as they are now, on the chosen image. The step stays where it is. */
  async record(): Promise<void> {
    const turn = ++this.#turn;
    const { image, data, lr, momentum } = this.#store.state;
    try {
      this.#program.run("lab_trace_sgd", lr, momentum);
      if (image === "drawing") {
        const prediction = this.#view.prediction();
        if (!prediction) return this.#onProblem("nothing-drawn");
        // Nobody said which digit was meant; the one that was read stands for it.
        this.#program.run("lab_trace_run", null, prediction.digit);
      } else {
        const { pixels, label } = await testImage(image, data);
        if (turn !== this.#turn) return; // another image was chosen meanwhile
        this.#program.run("lab_trace_run", pixels, label);
      }
      this.#onProblem(null);
    } catch (error) {
      this.#onProblem(error as Error);
    }
    showBreakpoints(this.#store, this.#program.json<Place[]>("lab_trace_lines"));
    this.go(this.#store.state.step);
  }

  #follow(state: State, before: State): void {
    const other = (["image", "data", "lr", "momentum"] as const).some((name) => state[name] !== before[name]);
    if (other) void this.record();
    else if (state.step !== before.step || state.pixel !== before.pixel) this.#show();
  }

  #show(): void {
    this.#program.call("lab_trace_go", this.#store.state.step);
    const step = this.state();
    this.#pick(step);
    if (step) {
      markLine(step.file, step.line, step.frames);
      showHints(step.hints);
    }
    this.#onStep(step);
    this.#view.wake();
  }

  // "1234" in the state is a number of the first tensor that is shown, "1234.2" one of the third.
  #pick(step: Step | null): void {
    const { pixel } = this.#store.state;
    if (!step || pixel === "") return;
    const [element, tensor] = pixel.split(".").map(Number);
    this.#program.call("lab_trace_pick", tensor ?? 0, element!);
  }
}
