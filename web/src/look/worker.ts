// Counts how many test images a changed network reads, in a thread of its own and an instance of the program of its own,
// so that neither the page nor the training waits for it.
import { assets } from "virtual:page";
import { Program } from "../program";
import { fetchPiece } from "../train/mnist";
import type { FromCounter, Score, ToCounter } from "./protocol";

declare function importScripts(url: string): void;

const say = (message: FromCounter): void => postMessage(message);

let program: Promise<Program> | null = null;
let network = ""; // the lesson and options that the program was told

async function use({ program: url, base, lesson, options, weights }: ToCounter & { type: "use" }): Promise<void> {
  program ??= Program.load(url, (script) => importScripts(script));
  program.catch(() => (program = null));
  const machine = await program;
  const named = JSON.stringify([lesson, options]);
  if (named !== network) {
    machine.run("score_create", lesson, JSON.stringify(options));
    const { images, labels, count } = await fetchPiece(assets.mnist.test[0]!, base);
    machine.run("score_add_images", images, labels, count);
    network = named;
  }
  machine.run("score_load", weights, weights.length, "weights");
}

async function count({ cuts }: ToCounter & { type: "count" }): Promise<void> {
  const machine = await program;
  if (!machine) return; // why not was said
  machine.run("score_begin", JSON.stringify(cuts));
  for (let done = false; !done; ) {
    const { error, of, ...score } = machine.json<Score & { of: number; error?: string }>("score_advance");
    if (error) throw new Error(error);
    done = score.total === of;
    say({ type: "score", score, of });
  }
}

let queue = Promise.resolve();
onmessage = ({ data: message }: MessageEvent<ToCounter>) => {
  queue = queue
    .then(() => (message.type === "use" ? use(message) : count(message)))
    .catch((error: unknown) => say({ type: "failed", error: error instanceof Error ? error.message : String(error) }));
};
