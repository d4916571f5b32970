// Training as the page sees it: one worker, one run at a time, and its status.
import { ProgramError, programUrl } from "../program";
import type { FromWorker, LiveSettings, Report, RunSettings, Score, ToWorker } from "./protocol";
import { isEpoch, isStep } from "./runs";

export type TrainState = "idle" | "loading" | "training" | "testing" | "paused" | "finished" | "failed";

export interface TrainStatus {
  state: TrainState;
  lesson: string;
  epoch: number;
  epochs: number;
  step: number; // batches trained in all
  stepsPerEpoch: number;
  loss: number | null; // mean over the last few batches
  accuracy: number | null; // share of the test images read at the last test
  correct: number;
  total: number; // images of that test
  imagesPerSecond: number;
  secondsLeft: number | null; // to the end of the run
  threads: number;
  loaded: number; // images
  toLoad: number;
  error: string | null;
}


/** What training tells the page. */
export interface Listener {
  status(): void;
  weights(bytes: Uint8Array<ArrayBuffer>, step: number): void;
  report(report: Report): void;
  answers(bytes: Uint8Array<ArrayBuffer>, step: number): void;
  checkpoint(bytes: Uint8Array<ArrayBuffer>, step: number, epoch: number): void;
  /** A run from fresh weights. */
  begun(settings: RunSettings): void;
  /** Something was changed while a run goes on, after batch `step`. */
  changed(settings: LiveSettings, step: number): void;
}

export class Training {
  #worker: Worker | null = null;
  #settings: RunSettings | null = null;
  #run = 0; // how many runs the worker was told to begin or end
  #status: TrainStatus;
  #loaded = { images: 0, total: 0 };
  #waiting: (() => void)[] = [];
  #keep = false;
  readonly #listener: Listener;

  constructor(lesson: string, listener: Listener) {
    this.#status = fresh(lesson);
    this.#listener = listener;
  }

  status(): TrainStatus {
    return { ...this.#status, loaded: this.#loaded.images, toLoad: this.#loaded.total };
  }

  /** The settings of the run that `start` would go on with, or null when it would begin a new one. */
  get settings(): RunSettings | null {
    return this.#settings;
  }

  get busy(): boolean {
    return ["loading", "training", "testing"].includes(this.#status.state);
  }

  /** Whether `settings` need a new run; what is in LiveSettings can change while one runs. */
  needsNewRun(settings: RunSettings): boolean {
    const key = ({ lesson, seed, augment, data, options }: RunSettings): string => JSON.stringify([lesson, seed, augment, data, options]);
    return !this.#settings || this.#status.state === "failed" || key(settings) !== key(this.#settings);
  }

  /** Begins or goes on. Settles when the worker has taken it up. */
  start(settings: RunSettings): Promise<void> {
    return this.#go(settings, "run");
  }

  /** Trains one batch. Settles when it is trained. */
  async step(settings: RunSettings): Promise<void> {
    await this.pause();
    await this.#go(settings, "step");
    await this.#until(() => !this.busy);
  }

  /** Settles when training has stopped, and the page has the weights. */
  async pause(): Promise<void> {
    if (!this.busy) return;
    this.#send({ type: "pause" });
    await this.#until(() => !this.busy);
  }

  /** Ends the run, to train another lesson's network next. The worker keeps the data. */
  reset(lesson: string): void {
    if (this.#worker) {
      this.#run += 1;
      this.#send({ type: "end" });
    }
    this.#settings = null;
    this.#set(fresh(lesson));
  }

  /** New settings for the run that goes on, from the next batch on. */
  set({ lr, momentum, batch, epochs }: LiveSettings): void {
    const now = this.#settings;
    if (!now || (lr === now.lr && momentum === now.momentum && batch === now.batch && epochs === now.epochs)) return;
    const settings = { lr, momentum, batch, epochs };
    Object.assign(now, settings);
    this.#send({ type: "set", settings });
    const more = this.#status.state === "finished" && epochs > this.#status.epochs;
    this.#listener.changed(settings, this.#status.step);
    this.#set({ ...this.#status, epochs, ...(more ? { state: "paused" } : {}) });
  }

  /** Reads all test images that are there, with the weights as they are now. */
  test(): void {
    if (this.#settings) this.#send({ type: "test" });
  }

  /** Whether checkpoints are wanted. */
  keep(on: boolean): void {
    this.#keep = on;
    if (this.#worker) this.#send({ type: "keep", on });
  }

  /** Lets a run go on from a checkpoint, where it stood: in an epoch, after so many batches. */
  resume(settings: RunSettings, checkpoint: Uint8Array, where: { epoch: number; step: number }): void {
    this.#create(settings, checkpoint);
    this.#set({ ...fresh(settings.lesson), ...where, state: "loading", epochs: settings.epochs });
    this.#send({ type: "run" });
  }

  async #go(settings: RunSettings, type: "run" | "step"): Promise<void> {
    if (this.needsNewRun(settings)) {
      this.#create(settings);
      this.#listener.begun(settings);
      this.#set({ ...fresh(settings.lesson), state: "loading", epochs: settings.epochs });
    } else {
      this.set(settings);
      if (this.#status.state === "finished") return;
      this.#set({ ...this.#status, state: "training" });
    }
    this.#send({ type });
  }

  #create(settings: RunSettings, checkpoint?: Uint8Array): void {
    const program = programUrl(document.baseURI);
    if (!program) throw new ProgramError("the page was built without WebAssembly");
    this.#run += 1;
    this.#settings = { ...settings };
    this.#send({ type: "create", program, base: document.baseURI, settings, ...(checkpoint && { checkpoint }) });
  }

  #send(message: ToWorker): void {
    if (!this.#worker) {
      this.#worker = new Worker(new URL("./worker.ts", import.meta.url), { name: "training" });
      this.#worker.onmessage = ({ data }: MessageEvent<FromWorker>) => this.#hear(data);
      this.#worker.onerror = (event) => this.#fail(event.message || "the worker could not be started");
      if (this.#keep) this.#worker.postMessage({ type: "keep", on: true } satisfies ToWorker);
    }
    this.#worker.postMessage(message);
  }

  #hear(message: FromWorker): void {
    if (message.type === "loaded") {
      this.#loaded = message;
      return this.#listener.status();
    }
    if (message.run !== this.#run) return;
    switch (message.type) {
      case "weights":
        return this.#listener.weights(message.bytes, message.step < 0 ? this.#status.step : message.step);
      case "answers":
        return this.#listener.answers(message.bytes, message.step < 0 ? this.#status.step : message.step);
      case "checkpoint":
        return this.#listener.checkpoint(message.bytes, message.step, message.epoch);
      case "score":
        return this.#set({ ...this.#status, ...accuracy(message.score) });
      case "failed":
        return this.#fail(message.error);
      case "report":
        this.#listener.report(message.report);
        return this.#set({ ...this.#status, ...read(message.report, message.running) });
    }
  }

  #fail(error: string): void {
    this.#set({ ...this.#status, state: "failed", error });
  }

  #set(status: TrainStatus): void {
    this.#status = status;
    this.#listener.status();
    for (const check of [...this.#waiting]) check();
  }

  #until(condition: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const check = (): void => {
        if (!condition()) return;
        this.#waiting = this.#waiting.filter((other) => other !== check);
        resolve();
      };
      this.#waiting.push(check);
      check();
    });
  }
}

function fresh(lesson: string): TrainStatus {
  return {
    state: "idle",
    lesson,
    epoch: 0,
    epochs: 0,
    step: 0,
    stepsPerEpoch: 0,
    loss: null,
    accuracy: null,
    correct: 0,
    total: 0,
    imagesPerSecond: 0,
    secondsLeft: null,
    threads: 0,
    loaded: 0,
    toLoad: 0,
    error: null,
  };
}

function accuracy({ correct, total }: Pick<Score, "correct" | "total">): Pick<TrainStatus, "accuracy" | "correct" | "total"> {
  return { accuracy: correct / total, correct, total };
}

// What a report changes in the status.
function read(report: Report, running: boolean): Partial<TrainStatus> {
  const { state, epoch, epochs, step, images_per_second, threads, events } = report;
  const steps = events.filter(isStep);
  const test = events.findLast(isEpoch);
  const loss = steps.at(-1)?.loss ?? report.loss;
  const over = state === "finished" || state === "failed";
  return {
    state: over ? state : !running ? "paused" : state === "waiting" ? "loading" : state,
    epoch,
    epochs,
    step,
    stepsPerEpoch: report.steps_per_epoch,
    ...(loss === null ? {} : { loss }),
    ...(test ? accuracy({ correct: test.test_correct, total: test.test_total }) : {}),
    imagesPerSecond: images_per_second,
    secondsLeft: images_per_second > 0 ? report.images_left / images_per_second : null,
    threads,
    error: report.error ?? null,
  };
}
