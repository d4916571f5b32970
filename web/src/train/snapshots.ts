// The weights that are kept while training, to go back through them.

export interface Snapshot {
  step: number;
  bytes: Uint8Array<ArrayBuffer>; // safetensors
}

const MOST = 50;
const MOST_BYTES = 12e6;

/** At most fifty, and at most a few megabytes; from one to the next at least `apart` batches, which doubles when they are full. */
export class Snapshots {
  #kept: Snapshot[] = [];
  #apart = 1;

  get all(): readonly Snapshot[] {
    return this.#kept;
  }

  clear(): void {
    this.#kept = [];
    this.#apart = 1;
  }

  /** Keeps the newest always; those before it only where they are far enough apart. */
  add(snapshot: Snapshot): void {
    const [before, last] = this.#kept.slice(-2);
    if (last && last.step === snapshot.step) this.#kept.pop();
    else if (last && before && last.step - before.step < this.#apart) this.#kept.pop();
    this.#kept.push(snapshot);
    const most = Math.max(4, Math.min(MOST, Math.floor(MOST_BYTES / snapshot.bytes.length)));
    if (this.#kept.length <= most) return;
    this.#apart *= 2;
    const end = this.#kept.length - 1;
    this.#kept = this.#kept.filter((_, i) => i % 2 === 0 || i === end);
  }
}
