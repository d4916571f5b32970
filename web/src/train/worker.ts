// Trains in a thread of its own, so that the page never waits. The loop gives way to messages after every few batches.
import { assets } from "virtual:page";
import { fetchPiece } from "./mnist";
import { Program } from "../program";
import type { FromWorker, Report, Score, ToWorker } from "./protocol";

declare function importScripts(url: string): void;

const SLICE = 40; // milliseconds of training between two looks at the messages
const REPORT = 100; // … between two reports,
const WEIGHTS = 1000; // … two copies of the weights for the drawing pad,
const SCORE = 10_000; // … two readings of the first test images, while the whole set's turn has not come
const SCORE_IMAGES = 1000;

let program: Promise<Program> | null = null;
let run = 0; // counts up with every run begun or ended
let running = false;
let batchWanted = false;
let ended = Promise.resolve(); // the loop, until it has ended

type Message<T> = T extends unknown ? Omit<T, "run"> : never;
function say(message: Message<FromWorker>, transfer: Transferable[] = []): void {
  postMessage({ ...message, run }, { transfer });
}

function fail(error: unknown): void {
  running = batchWanted = false;
  say({ type: "failed", error: error instanceof Error ? error.message : String(error) });
}

/** A promise that is settled from outside, again and again. */
class Signal {
  #settle = (): void => undefined;
  promise = Promise.resolve();
  constructor() {
    this.#renew();
  }
  give(): void {
    this.#settle();
    this.#renew();
  }
  #renew(): void {
    this.promise = new Promise((resolve) => (this.#settle = resolve));
  }
}
const dataCame = new Signal();
const messageCame = new Signal();

// Lets messages in; setTimeout would wait 4 ms.
const channel = new MessageChannel();
let resume = (): void => undefined;
channel.port1.onmessage = () => resume();
function giveWay(): Promise<void> {
  return new Promise((resolve) => {
    resume = resolve;
    channel.port2.postMessage(null);
  });
}

// ---- Data: fetched once, and kept by the program from run to run. The first test images come first, since a run begins
// with both sets; then what is trained on; then the rest.
const { train, test } = assets.mnist;
const order = [...test.slice(0, 1), ...train, ...test.slice(1)];
const sum = (pieces: { count: number }[]): number => pieces.reduce((all, { count }) => all + count, 0);
let fed = 0; // pieces
let feeding = false;

async function feed(machine: Program, base: string): Promise<void> {
  if (feeding) return;
  feeding = true;
  try {
    for (let piece = order[fed]; piece; piece = order[++fed]) {
      const { images, labels, count } = await fetchPiece(piece, base);
      machine.run("train_add_data", test.includes(piece) ? 1 : 0, images, labels, count);
      say({ type: "loaded", images: sum(order.slice(0, fed + 1)), total: sum(order) });
      dataCame.give();
    }
  } finally {
    feeding = false;
  }
}

// ---- Training
async function create({ program: url, base, settings }: ToWorker & { type: "create" }): Promise<void> {
  await end();
  program ??= Program.load(url, (script) => importScripts(script));
  program.catch(() => (program = null));
  const machine = await program;
  // Shuffled within a piece, so that training can start on the first.
  const data = { total: sum(train), test_total: sum(test), window: train[0]!.count };
  machine.run("train_create", JSON.stringify({ ...settings, ...data }));
  feed(machine, base).catch(fail);
}

async function end(): Promise<void> {
  running = batchWanted = false;
  run += 1;
  await ended;
}

async function loop(machine: Program): Promise<void> {
  const mine = run;
  const now = performance.now();
  const told = { report: -Infinity, weights: now, score: now };
  let events: Report["events"] = [];
  let report: Report | null = null;
  const tell = (): void => {
    if (report && run === mine) say({ type: "report", report: { ...report, events }, running: running || batchWanted });
    events = [];
    told.report = performance.now();
  };
  while (running || batchWanted) {
    const before = report?.state;
    report = machine.json<Report>("train_advance", batchWanted ? 0 : SLICE);
    events.push(...report.events);
    if (report.state !== "waiting") batchWanted = false;
    if (report.state === "finished" || report.state === "failed") running = false;
    if (!running && !batchWanted) break;
    if (report.state !== before || performance.now() - told.report > REPORT) tell();
    if (performance.now() - told.weights > WEIGHTS) {
      sendWeights(machine);
      told.weights = performance.now();
    }
    if (report.state === "training" && performance.now() - told.score > SCORE) {
      const score = machine.json<Score & { error?: string }>("train_test", SCORE_IMAGES);
      if (score.error) throw new Error(score.error);
      say({ type: "score", score });
      told.score = performance.now();
    }
    await (report.state === "waiting" ? Promise.race([dataCame.promise, messageCame.promise]) : giveWay());
  }
  if (run !== mine) return;
  sendWeights(machine);
  tell(); // last, so that who waits for the end has the weights
}

function sendWeights(machine: Program): void {
  const bytes = machine.bytes("train_weights");
  if (bytes.length > 0) say({ type: "weights", bytes }, [bytes.buffer]);
}

async function startLoop(): Promise<void> {
  const machine = await program;
  if (!machine) return;
  ended = ended.then(() => loop(machine)).catch(fail);
}

async function handle(message: ToWorker): Promise<void> {
  switch (message.type) {
    case "create":
      return create(message);
    case "run":
      running = true;
      return startLoop();
    case "step":
      batchWanted = true;
      return startLoop();
    case "pause":
      running = batchWanted = false;
      return;
    case "sgd":
      return (await program)?.run("train_set_sgd", message.lr, message.momentum);
    case "end":
      return end();
  }
}

// One message after the other, also where one has to wait for the program.
let queue = Promise.resolve();
onmessage = ({ data: message }: MessageEvent<ToWorker>) => {
  queue = queue.then(() => handle(message)).catch(fail);
  messageCame.give();
};
