// A training that is kept in this browser, to go on after the page was closed.
import type { RunSettings } from "./protocol";
import type { Run } from "./runs";

export interface KeptTraining {
  date: number; // milliseconds since 1970
  settings: RunSettings; // as they are now
  run: Run; // its curve so far
  past: Run[]; // runs kept for comparison
  checkpoint: Uint8Array<ArrayBuffer>;
  epoch: number;
  step: number;
}
