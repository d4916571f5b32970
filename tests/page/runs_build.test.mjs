// Recorded races are checked when the page is built: what `cnnlab race --log` did not write is an error that names file and line.
import assert from "node:assert/strict";
import { test } from "node:test";
import { describeRun, parseRun } from "../../web/build/runs.mjs";

const NET = { net: "plain8", lesson: "degradation", options: { depth: 8 }, title_en: "Plain-8", title_ko: "평범한 8층", parameters: 10, multiply_adds: 20, memory: 30 };
const RACE = { event: "race", command: "cnnlab race --lessons plain8 --lr 0.1 --schedule cosine --augment", data: "mnist", train_images: 60000, test_images: 10000, batch: 64, seed: 1, simd: "avx2", threads: 2, nets: [NET] };
const STEPS = [
  { event: "step", net: "plain8", epoch: 1, step: 50, loss: 2, images_per_second: 100 },
  { event: "norms", net: "plain8", epoch: 1, step: 51, norms: [{ name: "conv1.weight", gradient: 0.1, weight: 2 }] },
  { event: "epoch", net: "plain8", epoch: 1, train_loss: 1, train_seconds: 9, test_loss: 1, test_correct: 9000, test_total: 10000 },
];
const FINISH = { event: "finish", net: "plain8", train_images_per_second: 100, seconds_per_image: 0.001 };
const log = (...lines) => lines.map((line) => (typeof line === "string" ? line : JSON.stringify(line))).join("\n") + "\n";
const fails = (text, message) => assert.throws(() => parseRun("a", text, "runs/a.jsonl"), { message });

test("a race's log becomes curves and costs; an epoch's numbers stand behind its last batch, or where the race was ended", () => {
  const run = parseRun("a", log(RACE, ...STEPS, FINISH), "runs/a.jsonl");
  const [net] = run.nets;
  assert.deepEqual([run.command, run.simd, run.threads, run.trainImages, run.testImages], [RACE.command, "avx2", 2, 60000, 10000]);
  assert.deepEqual([net.title, net.parameters, net.multiplyAdds, net.memory, net.imagesPerSecond, net.out], [{ en: "Plain-8", ko: "평범한 8층" }, 10, 20, 30, 100, false]);
  assert.deepEqual(net.events.map(({ event, step }) => [event, step]), [["step", 50], ["norms", 51], ["epoch", 50]]);
  const settings = { lesson: "degradation", data: "mnist", seed: 1, lr: 0.1, falling: true, augment: true };
  assert.deepEqual(describeRun({ lesson: "degradation", ...run }), { ...settings, images: 60000, epochs: 0, steps: 51, nets: [{ en: "Plain-8", ko: "평범한 8층" }] });
  const plainly = describeRun({ ...run, command: "cnnlab race --lr 0.02 --schedule constant" });
  assert.deepEqual([plainly.lr, plainly.falling, plainly.augment], [0.02, false, false]);
  const whole = parseRun("a", log(RACE, STEPS[0], { ...STEPS[0], step: 900 }, STEPS[2], FINISH), "runs/a.jsonl");
  assert.deepEqual([describeRun(whole).epochs, whole.nets[0].events.at(-1).step], [1, 938]);
});

test("who dropped out is marked", () => {
  const run = parseRun("a", log(RACE, STEPS[0], { event: "drop_out", net: "plain8", why: "its loss is not finite" }, { ...FINISH, train_images_per_second: null }), "runs/a.jsonl");
  assert.deepEqual([run.nets[0].out, run.nets[0].imagesPerSecond], [true, 0]);
});

test("a log that is cut off, or of something else, is an error in one sentence", () => {
  fails(log(RACE, ...STEPS), "runs/a.jsonl: plain8 did not finish");
  fails(log(RACE, FINISH), "runs/a.jsonl: plain8 has no step");
  fails(log(RACE, ...STEPS) + '{"event":"fin', "runs/a.jsonl:5: not a line of JSON");
  fails(log(...STEPS, FINISH), /^runs\/a\.jsonl:1: begins with \{"event":"race",…\}, as `cnnlab race --log` writes it; here "event" is missing or wrong$/);
  for (const command of ["", "cnnlab race --lr 0.1"]) fails(log({ ...RACE, command }, ...STEPS, FINISH), /"command" is missing or wrong$/);
  fails(log({ ...RACE, nets: [{ ...NET, memory: "much" }] }, ...STEPS, FINISH), /"nets" is missing or wrong$/);
  fails(log(RACE, { ...STEPS[0], net: "plain20" }, FINISH), 'runs/a.jsonl:2: net "plain20" is not one of plain8');
  fails(log(RACE, ...STEPS, { event: "rest", net: "plain8" }), 'runs/a.jsonl:5: there is no event "rest"');
  fails(log(RACE, { ...STEPS[0], loss: null }, FINISH), 'runs/a.jsonl:2: event step: "loss" is missing or wrong');
  fails(log(RACE, STEPS[0], STEPS[0], FINISH), "runs/a.jsonl:3: step 50 of plain8 comes after step 50");
});
