// Recorded races, as `cnnlab race --log` wrote them: which of them are shown stands in the address ("runs=cifar10"), and each is fetched
// when it is asked for. The build has checked them (build/runs.mjs).
import { assets } from "virtual:page";
import type { Language } from "../state";
import type { TrainEvent } from "../train/protocol";

export interface RecordedNet {
  net: string; // "plain20"
  title: Record<Language, string>;
  parameters: number;
  multiplyAdds: number;
  memory: number; // bytes
  imagesPerSecond: number; // trained; 0 where it was not measured
  out: boolean; // it dropped out of the race
  events: TrainEvent[];
}

export interface RecordedRun {
  name: string;
  command: string;
  data: string;
  trainImages: number;
  testImages: number;
  batch: number;
  seed: number;
  simd: string;
  threads: number;
  nets: RecordedNet[];
}

/** "cifar10,mnist", as the address has them: null where one of them is not there, or is there twice. */
export function readRuns(text: string): string[] | null {
  const names = text.split(",").filter(Boolean);
  const known = names.every((name) => Object.hasOwn(assets.runs, name));
  return known && new Set(names).size === names.length ? names : null;
}

/** Those that are shown, in the address's order; fetched once. */
export class Recorded {
  readonly #fetched = new Map<string, RecordedRun>();
  readonly #failed: (reason: string) => void;
  readonly #changed: () => void;
  #wanted: string[] = [];

  /** `failed` hears why one could not be fetched; it is tried again when it is asked for again. */
  constructor(changed: () => void, failed: (reason: string) => void) {
    [this.#changed, this.#failed] = [changed, failed];
  }

  get shown(): RecordedRun[] {
    return this.#wanted.flatMap((name) => this.#fetched.get(name) ?? []);
  }

  show(names: string[]): void {
    const added = names.filter((name) => !this.#wanted.includes(name) && !this.#fetched.has(name));
    const before = this.shown;
    this.#wanted = names;
    if (before.length + this.shown.length > 0) this.#changed();
    for (const name of added) void this.#fetch(name);
  }

  async #fetch(name: string): Promise<void> {
    try {
      const response = await fetch(new URL(assets.runs[name]!.file, document.baseURI));
      if (!response.ok) throw new Error(`${response.status} ${response.statusText}`);
      this.#fetched.set(name, (await response.json()) as RecordedRun);
    } catch (error) {
      return this.#failed((error as Error).message);
    }
    this.#changed();
  }
}
