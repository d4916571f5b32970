// What the page and the worker that trains on kept drawings say to each other: one message there, one back.
import type { Kept } from "./kept";

export interface ToTuner {
  program: string;
  base: string;
  lesson: string;
  weights: Uint8Array;
  kept: Kept[];
  mixed: boolean;
}

/** How many of the kept drawings, and of MNIST's first test images, are read correctly before and after. */
export interface Tuned {
  kept: { before: number; after: number; total: number };
  test: { before: number; after: number; total: number };
}

export type FromTuner = { tuned: Tuned; weights: Uint8Array } | { error: string };
