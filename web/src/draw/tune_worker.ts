// Trains the present network a little further on kept drawings: alone, or among MNIST's digits, without which it would forget
// what it knew. Tells what it reads before and after.
import { assets } from "virtual:page";
import { Program } from "../program";
import { fetchPiece, PIXELS, type Images } from "../train/mnist";
import type { Kept } from "./kept";
import type { FromTuner, ToTuner, Tuned } from "./tune_protocol";

declare function importScripts(url: string): void;

const SETTINGS = { seed: 1, lr: 0.01, momentum: 0.9, batch: 32, epochs: 1, window: 0 };
const ALONE = 320; // images when there is nothing but the kept drawings, again and again,
const MIXED = 1920; // … or among MNIST's digits: every sixth is a kept one
const SHARE = 6;

const say = (message: FromTuner): void => postMessage(message);

/** `count` images, each from where `choose` says. */
function gather(count: number, choose: (index: number) => { pixels: Uint8Array; label: number }): Images {
  const [images, labels] = [new Uint8Array(count * PIXELS), new Uint8Array(count)];
  for (let index = 0; index < count; ++index) {
    const { pixels, label } = choose(index);
    images.set(pixels, index * PIXELS);
    labels[index] = label;
  }
  return { count, images, labels };
}

const nth = ({ images, labels }: Images, index: number): { pixels: Uint8Array; label: number } => ({
  pixels: images.subarray(index * PIXELS, (index + 1) * PIXELS),
  label: labels[index]!,
});

async function trainingSet(kept: Kept[], mixed: boolean, base: string): Promise<Images> {
  const again = (index: number): Kept => kept[index % kept.length]!;
  if (!mixed) return gather(ALONE, again);
  const mnist = await fetchPiece(assets.mnist.train[0]!, base);
  return gather(MIXED, (index) => (index % SHARE === 0 ? again(index / SHARE) : nth(mnist, index)));
}

async function tune({ program: url, base, lesson, weights, kept, mixed }: ToTuner): Promise<void> {
  const program = await Program.load(url, (script) => importScripts(script));
  program.call("cnnlab_set_threads", 1); // others could begin only when this gave way, and would be cut off while they load
  const [train, mnist] = await Promise.all([trainingSet(kept, mixed, base), fetchPiece(assets.mnist.test[0]!, base)]);
  // The kept drawings come first among the test images, so that they can be counted apart.
  const test = gather(kept.length + mnist.count, (index) => kept[index] ?? nth(mnist, index - kept.length));
  const score = (limit: number): number => {
    const { correct, error } = program.json<{ correct: number; error?: string }>("train_test", limit);
    if (error) throw new Error(error);
    return correct;
  };
  const scores = (): [kept: number, test: number] => {
    const own = score(kept.length);
    return [own, score(test.count) - own];
  };

  program.run("train_create", JSON.stringify({ ...SETTINGS, lesson, data: "kept", total: train.count, test_total: test.count }));
  program.run("train_add_data", 1, test.images, test.labels, test.count);
  program.run("train_add_data", 0, train.images, train.labels, train.count);
  program.run("train_load", weights, weights.length, "weights");
  const before = scores();
  for (let state = ""; state !== "finished"; ) {
    const report = program.json<{ state: string; error?: string }>("train_advance", 1000);
    if (report.error) throw new Error(report.error);
    state = report.state;
  }
  const after = scores();
  const tuned: Tuned = {
    kept: { before: before[0], after: after[0], total: kept.length },
    test: { before: before[1], after: after[1], total: mnist.count },
  };
  say({ tuned, weights: program.bytes("train_weights") });
}

onmessage = ({ data }: MessageEvent<ToTuner>) => {
  tune(data).catch((error: unknown) => say({ error: error instanceof Error ? error.message : String(error) }));
};
