// Trains in a thread of its own, so that the page never waits. The loop gives way to messages after every few batches.
import { dataSizes, Feed } from "./feed";
import { Program } from "../program";
import type { FromWorker, Report, Score, ToWorker } from "./protocol";

declare function importScripts(url: string): void;

const SLICE = 40; // milliseconds of training between two looks at the messages
const REPORT = 500; // … between two reports. What else the page is told comes right behind one, so that it draws once for all:
const WEIGHTS = 900; // … two copies of the weights,
const CHECKPOINT = 10_000; // … two checkpoints, when they are wanted,
const SCORE = 10_000; // … two readings of the first test images, while the whole set's turn has not come
const FIRST_STEPS = 32; // Most happens at the beginning: until so many batches are trained,
const FIRST_REPORT = 100; // … reports are closer, and the weights come with each
const SCORE_IMAGES = 1000;
const ALL_IMAGES = 1_000_000;
const LOG_EVERY = 10; // batches that make a point of the curve,
const NORMS_EVERY = 50; // … or one of the norms

let program: Promise<Program> | null = null;
let run = 0; // counts up with every run begun or ended
let running = false;
let batchWanted = false;
let keep = false; // checkpoints are wanted
let keepNow = false;
let latest: Report | null = null; // of this run
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

const data = new Feed((images, total) => {
  say({ type: "loaded", images, total });
  dataCame.give();
});

// ---- Training
async function create({ program: url, base, settings, checkpoint }: ToWorker & { type: "create" }): Promise<void> {
  await end();
  program ??= Program.load(url, (script) => importScripts(script));
  program.catch(() => (program = null));
  const machine = await program;
  machine.run("train_create", JSON.stringify({ ...settings, ...dataSizes(settings.data), log_every: LOG_EVERY, norms_every: NORMS_EVERY }));
  if (checkpoint) machine.run("train_resume", checkpoint, checkpoint.length, "kept training");
  latest = null;
  sendWeights(machine, checkpoint ? -1 : 0); // those that it begins with
  data.feed(machine, base, settings.data).catch(fail);
}

async function end(): Promise<void> {
  running = batchWanted = false;
  run += 1;
  await ended;
}

async function loop(machine: Program): Promise<void> {
  const mine = run;
  const now = performance.now();
  const told = { report: -Infinity, weights: now, score: now, checkpoint: now };
  let events: Report["events"] = [];
  let report: Report | null = null;
  const due = (what: keyof typeof told, wait: number): boolean => {
    if (performance.now() - told[what] <= wait) return false;
    told[what] = performance.now();
    return true;
  };
  const tell = (): void => {
    if (report && run === mine) say({ type: "report", report: { ...report, events }, running: running || batchWanted });
    events = [];
    told.report = performance.now();
  };
  while (running || batchWanted) {
    const before = report?.state;
    report = machine.json<Report>("train_advance", batchWanted ? 0 : SLICE);
    events.push(...report.events);
    latest = report;
    if (report.state !== "waiting") batchWanted = false;
    if (report.state === "finished" || report.state === "failed") running = false;
    if (report.events.some(({ event }) => event === "epoch")) sendAnswers(machine, report.step);
    if (!running && !batchWanted) break;
    const early = report.step <= FIRST_STEPS;
    if (report.state !== before || keepNow || performance.now() - told.report > (early ? FIRST_REPORT : REPORT)) {
      tell(); // first, so that the page's curve reaches as far as the rest
      if (early || due("weights", WEIGHTS)) sendWeights(machine, report.step);
      if (keep && (keepNow || due("checkpoint", CHECKPOINT))) sendCheckpoint(machine, report);
      if (report.state === "training" && due("score", SCORE)) say({ type: "score", score: score(machine, SCORE_IMAGES) });
    }
    await (report.state === "waiting" ? Promise.race([dataCame.promise, messageCame.promise]) : giveWay());
  }
  if (run !== mine || !report) return;
  sendWeights(machine, report.step); // first, so that who waits for the end has them
  tell();
  if (keep) sendCheckpoint(machine, report);
}

function score(machine: Program, images: number): Score {
  const score = machine.json<Score & { error?: string }>("train_test", images);
  if (score.error) throw new Error(score.error);
  return score;
}

function sendWeights(machine: Program, step: number): void {
  const bytes = machine.bytes("train_weights");
  if (bytes.length > 0) say({ type: "weights", bytes, step }, [bytes.buffer]);
}

function sendAnswers(machine: Program, step: number): void {
  const bytes = machine.bytes("train_answers");
  if (bytes.length > 0) say({ type: "answers", bytes, step }, [bytes.buffer]);
}

function sendCheckpoint(machine: Program, { state, step, epoch }: Report): void {
  keepNow = false;
  if (state === "failed") return;
  const bytes = machine.bytes("train_checkpoint");
  if (bytes.length > 0) say({ type: "checkpoint", bytes, step, epoch }, [bytes.buffer]);
}

async function startLoop(): Promise<void> {
  const machine = await program;
  if (!machine) return;
  ended = ended.then(() => loop(machine)).catch(fail);
}

// All test images that are there, between two batches.
async function test(): Promise<void> {
  const machine = await program;
  if (!machine) return;
  say({ type: "score", score: score(machine, ALL_IMAGES) });
  sendAnswers(machine, -1);
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
    case "set":
      return (await program)?.run("train_set", JSON.stringify(message.settings));
    case "test":
      return test();
    case "keep":
      keep = keepNow = message.on;
      if (keep && latest && !running && !batchWanted) sendCheckpoint((await program)!, latest);
      return;
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
