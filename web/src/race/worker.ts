// Races several networks on the same batches. The program holds one run at a time: the network that is furthest behind comes in
// by its checkpoint, trains a round, and gives way by another. Going on from a checkpoint changes no bit, so that each network
// learns what it would have learned alone.
import { Program } from "../program";
import { dataSizes, Feed } from "../train/feed";
import type { Report, RunSettings } from "../train/protocol";
import type { Cost, FromRacing, ToRacing } from "./protocol";

declare function importScripts(url: string): void;

const ROUND = 20; // batches, whole points of the curve
const LOG_EVERY = 10; // batches that make a point of the curve,
const NORMS_EVERY = 50; // … or one of the norms

interface Racer {
  settings: RunSettings;
  measured: boolean; // what it costs
  checkpoint: Uint8Array | null; // null before its first batch
  report: Report | null;
}

let program: Promise<Program> | null = null;
let race = 0;
let racers: Racer[] = [];
let held: Racer | null = null; // whose run the program has
let running = false;
let wake = (): void => undefined;

type Message<T> = T extends unknown ? Omit<T, "race"> : never;
const say = (message: Message<FromRacing>): void => postMessage({ ...message, race });

function fail(error: unknown): void {
  running = false;
  say({ type: "failed", error: error instanceof Error ? error.message : String(error) });
}

const data = new Feed((images, total) => {
  say({ type: "loaded", images, total });
  wake();
});

// Lets messages in; `waiting` until data or a message comes.
const giveWay = (waiting: boolean): Promise<void> =>
  new Promise((resolve) => {
    wake = resolve;
    if (!waiting) setTimeout(resolve);
  });

async function create({ program: url, base, settings }: ToRacing & { type: "create" }): Promise<void> {
  program ??= Program.load(url, (script) => importScripts(script));
  program.catch(() => (program = null));
  const machine = await program;
  racers = settings.map((one) => ({ settings: one, measured: false, checkpoint: null, report: null }));
  held = null;
  bring(machine, racers[0]!);
  data.feed(machine, base, settings[0]!.data).catch(fail);
}

function cost(machine: Program): Cost {
  const { error, ...cost } = machine.json<Cost & { error?: string }>("train_cost");
  if (error) throw new Error(error);
  return cost;
}

function bring(machine: Program, racer: Racer): void {
  if (held === racer) return;
  if (held?.report && held.report.step > 0) held.checkpoint = machine.bytes("train_checkpoint");
  machine.run("train_create", JSON.stringify({ ...racer.settings, ...dataSizes(racer.settings.data), log_every: LOG_EVERY, norms_every: NORMS_EVERY }));
  if (!racer.measured) say({ type: "cost", racer: racers.indexOf(racer), cost: cost(machine) });
  racer.measured = true;
  if (racer.checkpoint) machine.run("train_resume", racer.checkpoint, racer.checkpoint.length, "a racing network");
  held = racer;
}

const over = ({ report }: Racer): boolean => report?.state === "finished" || report?.state === "failed";
const steps = ({ report }: Racer): number => report?.step ?? 0;

async function loop(machine: Program): Promise<void> {
  const mine = race;
  for (;;) {
    const left = racers.filter((racer) => !over(racer));
    if (!running || left.length === 0) break;
    const racer = left.reduce((last, other) => (steps(other) < steps(last) ? other : last));
    bring(machine, racer);
    const goal = (Math.floor(steps(racer) / ROUND) + 1) * ROUND;
    // A test that has begun is brought to its end: a checkpoint is made between batches.
    while (race === mine && !over(racer) && ((running && steps(racer) < goal) || racer.report?.state === "testing")) {
      const report = machine.json<Report>("train_advance", 0);
      racer.report = report;
      if (report.events.length > 0 || report.state !== "training") say({ type: "report", racer: racers.indexOf(racer), report });
      await giveWay(report.state === "waiting");
    }
    if (race !== mine) return;
  }
  running = false;
  say({ type: "stopped", finished: racers.every(over) });
}

async function handle(message: ToRacing): Promise<void> {
  if (message.type === "create") return create(message);
  if (message.type !== "run" || running || !program) return;
  const machine = await program;
  running = true;
  ended = loop(machine).catch(fail);
}

let ended = Promise.resolve();
let queue = Promise.resolve();
onmessage = ({ data: message }: MessageEvent<ToRacing>) => {
  if (message.type !== "run") running = false; // at once
  if (message.type === "create" || message.type === "end") race += 1;
  wake();
  queue = queue.then(() => ended).then(() => handle(message)).catch(fail);
};
