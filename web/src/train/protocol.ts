// What the page and the training worker say to each other.
import type { DataName } from "./mnist";

/** What may change while a run goes on; it holds from the next batch on. */
export interface LiveSettings {
  lr: number;
  momentum: number;
  batch: number;
  epochs: number;
}

export interface RunSettings extends LiveSettings {
  lesson: string;
  seed: number;
  augment: boolean;
  data: DataName;
  options: Record<string, number>;
}

export type ToWorker =
  /** `checkpoint`: goes on from there, instead of beginning with the seed's weights. */
  | { type: "create"; program: string; base: string; settings: RunSettings; checkpoint?: Uint8Array }
  | { type: "run" }
  | { type: "pause" }
  | { type: "step" }
  | { type: "set"; settings: LiveSettings }
  /** Reads all test images that are there, now. */
  | { type: "test" }
  /** Whether checkpoints are wanted: one at once, then now and then, and whenever training stops. */
  | { type: "keep"; on: boolean }
  | { type: "end" };

export interface StepEvent {
  event: "step";
  epoch: number;
  step: number;
  loss: number;
  images_per_second: number;
  train_correct: number;
  train_total: number;
}

export interface EpochEvent {
  event: "epoch";
  epoch: number;
  step: number;
  train_loss: number;
  train_seconds: number;
  train_correct: number;
  train_total: number;
  test_loss: number;
  test_correct: number;
  test_total: number;
}

export interface NormsEvent {
  event: "norms";
  epoch: number;
  step: number;
  norms: { name: string; gradient: number; weight: number }[];
}

export type TrainEvent = StepEvent | EpochEvent | NormsEvent;

/** What train_advance reports. */
export interface Report {
  state: "training" | "testing" | "waiting" | "finished" | "failed";
  epoch: number;
  epochs: number;
  step: number;
  steps_per_epoch: number;
  images_left: number;
  loss: number | null;
  images_per_second: number;
  threads: number;
  events: TrainEvent[];
  error?: string;
}

export interface Score {
  loss: number;
  correct: number;
  total: number;
}

/** `run` counts the runs, so that what an ended one still says is not taken for the next one's. */
export type FromWorker = { run: number } & (
  | { type: "report"; report: Report; running: boolean }
  | { type: "score"; score: Score }
  | { type: "weights"; bytes: Uint8Array<ArrayBuffer>; step: number }
  /** What was answered to each test image (train_answers), and after which batch. */
  | { type: "answers"; bytes: Uint8Array<ArrayBuffer>; step: number }
  | { type: "checkpoint"; bytes: Uint8Array<ArrayBuffer>; step: number; epoch: number }
  | { type: "loaded"; images: number; total: number }
  | { type: "failed"; error: string }
);
