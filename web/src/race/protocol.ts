// What the page and the racing worker say to each other.
import type { Report, RunSettings } from "../train/protocol";

/** What a network costs, as the program counts and measures it (train_cost). */
export interface Cost {
  parameters: number;
  multiply_adds: number; // for one image
  memory: number; // bytes of tensors, the most in a training step
}

export type ToRacing =
  | { type: "create"; program: string; base: string; settings: RunSettings[] }
  | { type: "run" }
  | { type: "pause" }
  | { type: "end" };

/** `race` counts the races, so that what an ended one still says is not taken for the next one's. */
export type FromRacing = { race: number } & (
  | { type: "cost"; racer: number; cost: Cost }
  | { type: "report"; racer: number; report: Report }
  | { type: "stopped"; finished: boolean }
  | { type: "loaded"; images: number; total: number }
  | { type: "failed"; error: string }
);
