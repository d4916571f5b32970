// Live regions: text changes as often as it likes, but is read aloud only now and then, or when it matters.
import { setText } from "./dom";

const QUIET = 10_000; // milliseconds between two texts that are read aloud

export class LiveText {
  readonly #element: HTMLElement;
  #spoken = -Infinity;

  constructor(element: HTMLElement) {
    this.#element = element;
  }

  /** Shows a text. `important` texts are read aloud at once, others at most every ten seconds. */
  show(text: string, important: boolean): void {
    const now = performance.now();
    const aloud = important || now - this.#spoken > QUIET;
    if (aloud) this.#spoken = now;
    this.#element.setAttribute("aria-live", aloud ? "polite" : "off");
    setText(this.#element, text);
  }
}
