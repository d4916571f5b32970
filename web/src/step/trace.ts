// The recorded run: which image it is on, which step is shown, and what the step did.
import { markLine } from "./code";
import type { LabView } from "../lab";
import { testImage } from "../train/mnist";
import type { Program } from "../program";
import type { State, Store } from "../state";

export interface Tensor {
  name: string;
  shape: number[];
  minimum?: number;
  maximum?: number;
  mean?: number;
}

/** A step as lab_trace_state tells it. */
export interface Step {
  index: number;
  length: number;
  phase: "forward" | "backward";
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
  shown: Tensor[];
  label: number;
  out_channels?: number;
  in_channels?: number;
  kernel?: number;
}

/** Why there is no run on the chosen image. */
export type Problem = "nothing-drawn" | Error;

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

  /** Goes to a step; one that does not exist is corrected to the nearest that does. */
  go(index: number): void {
    const step = Math.min(Math.max(Math.round(index) || 0, 0), Math.max(this.length - 1, 0));
    if (step === this.#store.state.step) this.#show();
    else this.#store.set({ step });
  }

  /** Records a run with the weights as they are now, on the chosen image. The step stays where it is. */
  async record(): Promise<void> {
    const turn = ++this.#turn;
    const { image } = this.#store.state;
    try {
      if (image === "drawing") {
        const prediction = this.#view.prediction();
        if (!prediction) return this.#onProblem("nothing-drawn");
        // Nobody said which digit was meant; the one that was read stands for it.
        this.#program.run("lab_trace_run", null, prediction.digit);
      } else {
        const { pixels, label } = await testImage(image);
        if (turn !== this.#turn) return; // another image was chosen meanwhile
        this.#program.run("lab_trace_run", pixels, label);
      }
      this.#onProblem(null);
    } catch (error) {
      this.#onProblem(error as Error);
    }
    this.go(this.#store.state.step);
  }

  #follow(state: State, before: State): void {
    if (state.image !== before.image) void this.record();
    else if (state.step !== before.step) this.#show();
  }

  #show(): void {
    this.#program.call("lab_trace_go", this.#store.state.step);
    const step = this.state();
    if (step) markLine(step.file, step.line, step.frames);
    this.#onStep(step);
    this.#view.wake();
  }
}
