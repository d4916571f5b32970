// What the page and the training worker say to each other.

export interface RunSettings {
  lesson: string;
  seed: number;
  lr: number;
  momentum: number;
  batch: number;
  epochs: number;
  augment: boolean;
  options: Record<string, number>;
}

export type ToWorker =
  | { type: "create"; program: string; base: string; settings: RunSettings }
  | { type: "run" }
  | { type: "pause" }
  | { type: "step" }
  | { type: "sgd"; lr: number; momentum: number }
  | { type: "end" };

export interface TrainEvent {
  event: "step" | "epoch";
  epoch: number;
  step: number;
  loss?: number;
  test_loss?: number;
  test_correct?: number;
  test_total?: number;
}

/** What train_advance reports. */
export interface Report {
  state: "training" | "testing" | "waiting" | "finished" | "failed";
  epoch: number;
  epochs: number;
  step: number;
  steps_per_epoch: number;
  loss: number | null;
  images_per_second: number;
  threads: number;
  events: TrainEvent[];
  error?: string;
}

export interface Score {
  correct: number;
  total: number;
}

/** `run` counts the runs, so that what an ended one still says is not taken for the next one's. */
export type FromWorker = { run: number } & (
  | { type: "report"; report: Report; running: boolean }
  | { type: "score"; score: Score }
  | { type: "weights"; bytes: Uint8Array }
  | { type: "loaded"; images: number; total: number }
  | { type: "failed"; error: string }
);
