// What the page and the racing worker say to each other.
import type { Report, RunSettings } from "../train/protocol";

/** What a network costs for one image, as the program counts it. */
export interface Cost {
  parameters: number;
  multiply_adds: number;
}

export type ToRacing =
  | { type: "create"; program: string; base: string; settings: RunSettings[] }
  | { type: "run" }
  | { type: "pause" }
  | { type: "end" };

/** `race` counts the races, so that what an ended one still says is not taken for the next one's. */
export type FromRacing = { race: number } & (
  | { type: "costs"; costs: Cost[] }
  | { type: "report"; racer: number; report: Report }
  | { type: "stopped"; finished: boolean }
  | { type: "loaded"; images: number; total: number }
  | { type: "failed"; error: string }
);
