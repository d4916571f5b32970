// What the page and the worker that counts say to each other.
import type { Cuts } from "./network";

export interface Score {
  correct: number;
  total: number;
}

export type ToCounter =
  | { type: "use"; program: string; base: string; lesson: string; options: Record<string, number>; weights: Uint8Array }
  | { type: "count"; cuts: Cuts };

/** `of`: how many images there are to count; the last score is of all of them. */
export type FromCounter = { type: "score"; score: Score; of: number } | { type: "failed"; error: string };
