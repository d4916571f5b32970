// A race as the page sees it: who runs, how far each has come, and its curves.
import { ProgramError, programUrl } from "../program";
import type { Report, RunSettings, TrainEvent } from "../train/protocol";
import { isEpoch, isStep } from "../train/runs";
import { nameOf, type Contestant } from "./contestants";
import type { Cost, FromRacing, ToRacing } from "./protocol";

export type RaceState = "idle" | "loading" | "racing" | "paused" | "finished" | "failed";

export interface RacerStatus {
  name: string;
  contestant: Contestant;
  state: Report["state"] | "waiting";
  step: number;
  loss: number | null; // of the last few batches; at the end of the whole last epoch
  accuracy: number | null; // share of the test images, after an epoch; before that of the images trained last
  tested: boolean;
  imagesPerSecond: number;
  parameters: number | null;
  multiplyAdds: number | null;
  memory: number | null; // bytes
  error: string | null;
}

export interface RaceStatus {
  state: RaceState;
  loaded: number;
  toLoad: number;
  racers: RacerStatus[];
  error: string | null;
}

interface Racer {
  settings: RunSettings;
  report: Report | null;
  events: TrainEvent[];
  cost: Cost | null;
}

export class Race {
  #worker: Worker | null = null;
  #race = 0;
  #racers: Racer[] = [];
  #state: RaceState = "idle";
  #error: string | null = null;
  #loaded = { images: 0, total: 0 };
  readonly #changed: () => void;

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** Begins a race; or goes on with it, where it is the same one. */
  start(settings: RunSettings[]): void {
    if (settings.length === 0) return;
    const same = JSON.stringify(settings) === JSON.stringify(this.#racers.map((racer) => racer.settings));
    if (!same || this.#state === "failed") this.#create(settings);
    else if (this.#state !== "paused") return;
    this.#send({ type: "run" });
    this.#set("loading");
  }

  pause(): void {
    if (this.#state === "loading" || this.#state === "racing") this.#send({ type: "pause" });
  }

  reset(): void {
    if (this.#racers.length === 0) return;
    this.#race += 1;
    this.#send({ type: "end" });
    this.#racers = [];
    this.#set("idle");
  }

  status(): RaceStatus {
    return { state: this.#state, loaded: this.#loaded.images, toLoad: this.#loaded.total, racers: this.#racers.map(statusOf), error: this.#error };
  }

  /** For the board of curves. */
  curves(): { name: string; contestant: Contestant; events: TrainEvent[] }[] {
    return this.#racers.map(({ settings, events }) => ({ name: nameOf(settings), contestant: settings, events }));
  }

  #create(settings: RunSettings[]): void {
    const program = programUrl(document.baseURI);
    if (!program) throw new ProgramError("the page was built without WebAssembly");
    this.#race += 1;
    this.#racers = settings.map((one) => ({ settings: one, report: null, events: [], cost: null }));
    this.#error = null;
    this.#send({ type: "create", program, base: document.baseURI, settings });
  }

  #send(message: ToRacing): void {
    if (!this.#worker) {
      this.#worker = new Worker(new URL("./worker.ts", import.meta.url), { name: "race" });
      this.#worker.onmessage = ({ data }: MessageEvent<FromRacing>) => this.#hear(data);
      this.#worker.onerror = (event) => this.#fail(event.message || "the worker could not be started");
    }
    this.#worker.postMessage(message);
  }

  #hear(message: FromRacing): void {
    if (message.type === "loaded") this.#loaded = message;
    else if (message.race !== this.#race) return;
    else if (message.type === "failed") return this.#fail(message.error);
    else if (message.type === "cost") this.#racers[message.racer]!.cost = message.cost;
    else if (message.type === "stopped") return this.#set(message.finished ? "finished" : "paused");
    else {
      const racer = this.#racers[message.racer]!;
      racer.report = message.report;
      racer.events.push(...message.report.events);
      if (message.report.state !== "waiting") this.#state = "racing";
    }
    this.#changed();
  }

  #fail(error: string): void {
    this.#error = error;
    this.#set("failed");
  }

  #set(state: RaceState): void {
    this.#state = state;
    this.#changed();
  }
}

function statusOf({ settings, report, events, cost }: Racer): RacerStatus {
  const step = events.findLast(isStep);
  const epoch = events.findLast(isEpoch);
  const trained = step && step.train_total > 0 ? step.train_correct / step.train_total : null;
  return {
    name: nameOf(settings),
    contestant: settings,
    state: report?.state ?? "waiting",
    step: report?.step ?? 0,
    loss: (report?.state === "finished" ? epoch?.train_loss : step?.loss) ?? null,
    accuracy: epoch ? epoch.test_correct / epoch.test_total : trained,
    tested: epoch !== undefined,
    imagesPerSecond: report?.images_per_second ?? 0,
    parameters: cost?.parameters ?? null,
    multiplyAdds: cost?.multiply_adds ?? null,
    memory: cost?.memory ?? null,
    error: report?.error ?? null,
  };
}
