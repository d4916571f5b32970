// The training runs of this visit: their settings, what was changed on the way, and their events. The last one may still go on.
import type { EpochEvent, LiveSettings, NormsEvent, RunSettings, StepEvent, TrainEvent } from "./protocol";
import { names } from "./run_names";

/** A run as it is kept, also over visits. */
export interface Run {
  settings: RunSettings; // as it began
  changes: { step: number; settings: LiveSettings }[];
  events: TrainEvent[];
}

const MOST_RUNS = 4; // besides the one that goes on
const MOST_POINTS = 2000; // of a curve; then every second one is left out
const MOST_NORMS = 100;

export const isStep = (event: TrainEvent): event is StepEvent => event.event === "step";
export const isEpoch = (event: TrainEvent): event is EpochEvent => event.event === "epoch";
export const isNorms = (event: TrainEvent): event is NormsEvent => event.event === "norms";

/** Leaves out every second event of a kind, from the second on, when there are more than `most`. */
function thin(events: TrainEvent[], kind: TrainEvent["event"], most: number): TrainEvent[] {
  if (events.filter(({ event }) => event === kind).length <= most) return events;
  let index = 0;
  return events.filter(({ event }) => event !== kind || index++ % 2 === 0);
}

export class Runs {
  #past: Run[] = [];
  #current: Run | null = null;

  /** All, the oldest first. */
  get all(): readonly Run[] {
    return this.#current ? [...this.#past, this.#current] : this.#past;
  }

  get current(): Run | null {
    return this.#current;
  }

  /** The current run becomes one of the past, if anything was trained. Norms are shown of the last run alone. */
  end(): void {
    if (this.#current?.events.length) {
      const before = this.#past.map((run) => ({ ...run, events: run.events.filter((event) => !isNorms(event)) }));
      this.#past = [...before, this.#current].slice(-MOST_RUNS);
    }
    this.#current = null;
  }

  /** A new run; or one that goes on. */
  begin(run: Run): void {
    this.end();
    this.#current = run;
  }

  /** Adds events to the current run. Returns true when others were left out for them. */
  add(events: TrainEvent[]): boolean {
    const run = this.#current;
    if (!run) return false;
    const all = run.events.concat(events);
    run.events = thin(thin(all, "step", MOST_POINTS), "norms", MOST_NORMS);
    return run.events.length < all.length;
  }

  /** Something is changed while the run goes on, after batch `step`. */
  change(step: number, settings: LiveSettings): void {
    this.#current?.changes.push({ step, settings });
  }

  remove(run: Run): void {
    this.#past = this.#past.filter((other) => other !== run);
  }
}

/** The events of all runs as a table for other programs: RFC 4180. */
export function csv(runs: readonly Run[]): string {
  const called = names(runs, "en");
  const quote = (text: string): string => `"${text.replaceAll('"', '""')}"`;
  const head = "run,epoch,batch,event,train_loss,train_accuracy,test_loss,test_accuracy";
  const rows = runs.flatMap((run, i) =>
    run.events.flatMap((event) => {
      const share = (correct: number, total: number): string => (total > 0 ? String(correct / total) : "");
      const start = [quote(called[i]!), event.epoch, event.step, event.event];
      if (isStep(event)) return [[...start, event.loss, share(event.train_correct, event.train_total), "", ""].join(",")];
      if (!isEpoch(event)) return [];
      const train = [event.train_loss, share(event.train_correct, event.train_total)];
      return [[...start, ...train, event.test_loss, share(event.test_correct, event.test_total)].join(",")];
    }),
  );
  return [head, ...rows, ""].join("\r\n");
}
