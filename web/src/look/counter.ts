// The page's side of the worker that counts what a changed network still reads. One question at a time.
import { programUrl } from "../program";
import type { Cuts } from "./network";
import type { FromCounter, Score, ToCounter } from "./protocol";

export class Counter {
  #worker: Worker | null = null;
  #hear: (message: FromCounter) => void = () => undefined;

  /** Uses other weights from the next question on. */
  use(lesson: string, options: Record<string, number>, weights: Uint8Array): void {
    const program = programUrl(document.baseURI)!;
    this.#send({ type: "use", program, base: document.baseURI, lesson, options, weights });
  }

  /** Settles with the score. `progress` hears of the images so far. */
  count(cuts: Cuts, progress: (score: Score) => void): Promise<Score> {
    return new Promise((resolve, reject) => {
      this.#hear = (message) => {
        if (message.type === "failed") reject(new Error(message.error));
        else if (message.score.total === message.of) resolve(message.score);
        else progress(message.score);
      };
      this.#send({ type: "count", cuts });
    });
  }

  #send(message: ToCounter): void {
    if (!this.#worker) {
      this.#worker = new Worker(new URL("./worker.ts", import.meta.url), { name: "counting" });
      this.#worker.onmessage = ({ data }: MessageEvent<FromCounter>) => this.#hear(data);
      this.#worker.onerror = (event) => this.#hear({ type: "failed", error: event.message || "the worker could not be started" });
    }
    this.#worker.postMessage(message);
  }
}
