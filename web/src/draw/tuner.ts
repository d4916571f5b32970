// The page's side of the worker that trains the present network on kept drawings.
import { ProgramError, programUrl } from "../program";
import type { Kept } from "./kept";
import type { FromTuner, ToTuner, Tuned } from "./tune_protocol";

export class Tuner {
  readonly #use: (weights: Uint8Array) => void;

  constructor(use: (weights: Uint8Array) => void) {
    this.#use = use;
  }

  /** Trains from `weights` on; `mixed`: among MNIST's digits. Settles with what the network reads then, once it is in use. */
  train(lesson: string, weights: Uint8Array, kept: Kept[], mixed: boolean): Promise<Tuned> {
    const program = programUrl(document.baseURI);
    if (!program) throw new ProgramError("the page was built without WebAssembly");
    const worker = new Worker(new URL("./tune_worker.ts", import.meta.url), { name: "tuning" });
    return new Promise<Tuned>((resolve, reject) => {
      worker.onmessage = ({ data }: MessageEvent<FromTuner>) => {
        if ("error" in data) return reject(new Error(data.error));
        this.#use(data.weights);
        resolve(data.tuned);
      };
      worker.onerror = (event) => reject(new Error(event.message || "the worker could not be started"));
      const message: ToTuner = { program, base: document.baseURI, lesson, weights, kept, mixed };
      worker.postMessage(message);
    }).finally(() => worker.terminate());
  }
}
