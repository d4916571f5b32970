// What an exercise holds. Its forms in both languages share it, so that the switch of language keeps what was done.
const held = new Map<string, Shared<unknown>>();

export class Shared<T> {
  #value: T;
  readonly #listeners: (() => void)[] = [];

  private constructor(value: T) {
    this.#value = value;
  }

  /** That of the exercise with this key; the first one to ask begins it. */
  static of<T>(key: string, initial: T): Shared<T> {
    if (!held.has(key)) held.set(key, new Shared<unknown>(initial));
    return held.get(key) as Shared<T>;
  }

  get value(): T {
    return this.#value;
  }

  set(value: T): void {
    this.#value = value;
    for (const listener of this.#listeners) listener();
  }

  /** Calls `show` now, and with every change. */
  follow(show: () => void): void {
    this.#listeners.push(show);
    show();
  }
}
