// Recorded races: lessons/*/runs/NAME.jsonl, each as `cnnlab race --log` wrote it. Here they are checked, so that a broken file is an
// error of the build, and brought into the form in which the page fetches them when they are asked for (src/race/recorded.ts).
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";

const number = (value) => Number.isFinite(value) && value >= 0;
const count = (value) => Number.isInteger(value) && value > 0;
const text = (value) => typeof value === "string" && value !== "";
const list = (of) => (value) => Array.isArray(value) && value.length > 0 && value.every((one) => fault(one, of) === null);

const NET = { net: text, lesson: text, options: (value) => value?.constructor === Object, title_en: text, title_ko: text, parameters: count, multiply_adds: count, memory: count };
const RACE = { command: (value) => text(value) && /--lr \d/.test(value) && /--schedule \w/.test(value), data: text, train_images: count, test_images: count, batch: count, seed: number, simd: text, threads: count, nets: list(NET) };
const EVENTS = {
  step: { epoch: count, step: count, loss: number },
  epoch: { epoch: count, train_loss: number, test_loss: number, test_correct: number, test_total: count },
  norms: { epoch: count, step: count, norms: list({ name: text, gradient: number, weight: number }) },
  drop_out: { why: text },
  finish: {}, // its speeds are null where nothing was measured
};

// The first field that is not as it must be, or null.
const fault = (value, fields) => Object.keys(fields).find((name) => !fields[name](value?.[name])) ?? null;

function parse(line, where) {
  try {
    return JSON.parse(line);
  } catch {
    throw new Error(`${where}: not a line of JSON`);
  }
}

/**
 * @param {string} name
 * @param {string} log what a race's log holds
 * @param {string} file for messages: an error names it and the line
 * @returns {object} the run as the page has it (src/race/recorded.ts: RecordedRun)
 */
export function parseRun(name, log, file) {
  const [first, ...rest] = log.trimEnd().split("\n").map((line, index) => parse(line, `${file}:${index + 1}`));
  const wrong = first.event === "race" ? fault(first, RACE) : "event";
  if (wrong) throw new Error(`${file}:1: begins with {"event":"race",…}, as \`cnnlab race --log\` writes it; here "${wrong}" is missing or wrong`);
  const { command, data, train_images, test_images, batch, seed, simd, threads } = first;
  const nets = new Map(first.nets.map((net) => [net.net, begin(net)]));
  rest.forEach((event, index) => follow(nets, event, Math.ceil(train_images / batch), `${file}:${index + 2}`));
  for (const { net, events, over } of nets.values()) {
    if (!over || !events.some(({ event }) => event === "step")) throw new Error(`${file}: ${net} ${over ? "has no step" : "did not finish"}`);
  }
  const all = [...nets.values()].map(({ net, title, parameters, multiplyAdds, memory, imagesPerSecond, out, events }) => ({ net, title, parameters, multiplyAdds, memory, imagesPerSecond, out, events }));
  return { name, command, data, trainImages: train_images, testImages: test_images, batch, seed, simd, threads, nets: all };
}

const begin = ({ net, title_en, title_ko, parameters, multiply_adds, memory }) => ({
  ...{ net, title: { en: title_en, ko: title_ko }, parameters, multiplyAdds: multiply_adds, memory, imagesPerSecond: 0, out: false, events: [] },
  ...{ step: 0, every: 0, over: false },
});

function follow(nets, event, batches, where) {
  const net = nets.get(event.net);
  if (!net) throw new Error(`${where}: net ${JSON.stringify(event.net)} is not one of ${[...nets.keys()].join(", ")}`);
  if (!EVENTS[event.event]) throw new Error(`${where}: there is no event ${JSON.stringify(event.event)}`);
  const wrong = fault(event, EVENTS[event.event]);
  if (wrong) throw new Error(`${where}: event ${event.event}: "${wrong}" is missing or wrong`);
  const { event: kind, epoch, step, loss, train_loss, test_loss, test_correct, test_total, norms } = event;
  const add = (more) => net.events.push({ event: kind, epoch, ...more });
  if (kind === "step") {
    if (step <= net.step) throw new Error(`${where}: step ${step} of ${event.net} comes after step ${net.step}`);
    net.every ||= step;
    net.step = step;
    add({ step, loss, train_correct: 0, train_total: 0 });
  } else if (kind === "epoch") {
    // The log does not say after which batch: the epoch's last, or where --steps has ended it.
    const whole = epoch * batches - net.step < net.every;
    add({ step: whole ? epoch * batches : net.step, whole, train_loss, test_loss, test_correct, test_total });
  } else if (kind === "norms") {
    add({ step, norms });
  } else if (kind === "drop_out") {
    net.out = true;
  } else {
    net.imagesPerSecond = event.train_images_per_second ?? 0;
    net.over = true;
  }
}

/** What the page's list tells of a run (src/page.d.ts: RunInfo). */
export function describeRun({ lesson, command, data, seed, trainImages, nets }) {
  const most = (values) => Math.max(0, ...values);
  const option = (name) => command.match(new RegExp(`--${name} (\\S+)`))?.[1];
  return {
    lesson,
    data,
    seed,
    lr: Number(option("lr")),
    falling: option("schedule") !== "constant",
    augment: command.includes("--augment"),
    images: trainImages,
    epochs: most(nets.map(({ events }) => events.filter(({ event, whole }) => event === "epoch" && whole).length)),
    steps: most(nets.flatMap(({ events }) => events.map(({ step }) => step))),
    nets: nets.map(({ title }) => title),
  };
}

/**
 * @param {string} root the source tree
 * @returns {Map<string, object>} of runs by name
 */
export function readRuns(root) {
  const runs = new Map();
  const folders = readdirSync(join(root, "lessons")).map((lesson) => `lessons/${lesson}/runs`);
  for (const folder of folders.filter((folder) => existsSync(join(root, folder)))) {
    for (const entry of readdirSync(join(root, folder)).sort()) {
      const [file, name] = [`${folder}/${entry}`, basename(entry, ".jsonl")];
      if (!/^[a-z0-9_-]+\.jsonl$/.test(entry)) throw new Error(`${file}: a recorded run is called NAME.jsonl, of small letters and digits`);
      if (runs.has(name)) throw new Error(`${file}: there is another run of this name`);
      const lesson = folder.replace(/^lessons\/\d+_|\/runs$/g, "");
      runs.set(name, { lesson, ...parseRun(name, readFileSync(join(root, file), "utf8"), file) });
    }
  }
  return runs;
}
