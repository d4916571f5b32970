import assert from "node:assert/strict";
import { test } from "node:test";
import { bars, load } from "./program.mjs";

const MOVE = 0, DOWN = 1, UP = 2, LEAVE = 3;

async function lab() {
  const program = await load();
  assert.equal(program.text.lab_set_lesson("inception", "{}"), "");
  program.number.lab_layout(800, 1);
  return program;
}

/** Draws a line on the pad, from and to in parts of it. */
function stroke(program, points) {
  const pad = program.json("lab_pad");
  points.forEach(([x, y], index) =>
    program.number.lab_pointer(index === 0 ? DOWN : MOVE, pad.x + x * pad.width, pad.y + y * pad.height));
  const [x, y] = points.at(-1);
  program.number.lab_pointer(UP, pad.x + x * pad.width, pad.y + y * pad.height);
}

function addData(program, isTest, { images, labels }) {
  return program.withBytes(images, (i) =>
    program.withBytes(labels, (l) => program.text.train_add_data(isTest, i, l, labels.length)));
}

const settings = { lesson: "inception", seed: 3, lr: 0.05, momentum: 0.5, batch: 32, epochs: 2, window: 0, total: 320, test_total: 100 };
const create = (program, changes = {}) => program.text.train_create(JSON.stringify({ ...settings, ...changes }));

test("info names the lessons, the instruction set and the threads", async () => {
  const info = (await load()).json("cnnlab_info");
  assert.equal(info.simd, "wasm simd");
  assert.equal(info.threads, 1);
  assert.deepEqual(info.lessons.find(({ id }) => id === "inception").sources, ["lessons/02_inception/model.hpp", "lessons/training.hpp"]);
});

test("the sources are those that were compiled", async () => {
  const program = await load();
  assert.match(program.text.cnnlab_source("lessons/02_inception/model.hpp"), /struct InceptionModule/);
  assert.equal(program.text.cnnlab_source("no/such/file"), "");
});

test("a drawing is read, and an empty pad is not", async () => {
  const program = await lab();
  assert.equal(program.json("lab_prediction"), null);
  stroke(program, [[0.5, 0.1], [0.5, 0.5], [0.5, 0.9]]);
  const { digit, probabilities } = program.json("lab_prediction");
  assert.equal(probabilities.length, 10);
  assert.ok(Math.abs(probabilities.reduce((a, b) => a + b) - 1) < 1e-5);
  assert.equal(digit, probabilities.indexOf(Math.max(...probabilities)));
  program.number.lab_clear();
  assert.equal(program.json("lab_prediction"), null);
});

test("undo takes the last stroke back, and the answer with it", async () => {
  const program = await lab();
  stroke(program, [[0.3, 0.2], [0.3, 0.8]]);
  const one = program.text.lab_prediction();
  stroke(program, [[0.3, 0.8], [0.8, 0.8]]);
  assert.notEqual(program.text.lab_prediction(), one);
  program.number.lab_undo();
  assert.equal(program.text.lab_prediction(), one);
  program.number.lab_undo();
  assert.equal(program.json("lab_prediction"), null);
});

test("the answer is the same wherever the layout puts the pad", async () => {
  const program = await lab();
  const line = [[0.2, 0.2], [0.8, 0.3], [0.4, 0.9]];
  program.number.lab_layout(320, 2);
  stroke(program, line);
  const narrow = program.json("lab_prediction").probabilities;
  program.number.lab_clear();
  program.number.lab_layout(1200, 1);
  stroke(program, line);
  program.json("lab_prediction").probabilities.forEach((p, i) => assert.ok(Math.abs(p - narrow[i]) < 1e-3));
});

test("a stroke ends when the pointer leaves, and only begins on the pad", async () => {
  const program = await lab();
  const pad = program.json("lab_pad");
  program.number.lab_pointer(DOWN, pad.x - 20, pad.y + 10);
  program.number.lab_pointer(MOVE, pad.x + 20, pad.y + 20);
  assert.equal(program.json("lab_prediction"), null);
  program.number.lab_pointer(DOWN, pad.x + 20, pad.y + 20);
  program.number.lab_pointer(LEAVE, 0, 0);
  const dot = program.text.lab_prediction();
  program.number.lab_pointer(MOVE, pad.x + 100, pad.y + 100);
  assert.equal(program.text.lab_prediction(), dot);
});

test("stages of normalising can be switched off", async () => {
  const program = await lab();
  stroke(program, [[0.1, 0.1], [0.2, 0.3]]);
  const normalised = program.text.lab_prediction();
  assert.equal(program.text.lab_set_stages('{"crop":false,"scale":false,"center":false}'), "");
  assert.notEqual(program.text.lab_prediction(), normalised);
  assert.equal(program.text.lab_set_stages('{"crop":1}'), "stages: crop must be true or false");
  assert.equal(program.text.lab_set_stages("what"), "stages: not a JSON object: what");
});

test("every width gets a layout with the pad inside", async () => {
  const program = await lab();
  for (const width of [240, 320, 390, 599, 600, 820, 959, 960, 1200, 2000]) {
    const height = program.number.lab_layout(width, 2);
    const pad = program.json("lab_pad");
    assert.ok(pad.width >= 160 && pad.x >= 0 && pad.x + pad.width <= width && pad.y + pad.height <= height, `${width}`);
  }
});

test("a recorded run goes through all ops to the loss, back to the first weights, and updates them", async () => {
  const program = await lab();
  const { images } = bars(1);
  assert.equal(program.text.lab_trace_state(), "null");
  assert.equal(program.withBytes(images, (i) => program.text.lab_trace_run(i, 4)), "");
  const length = program.number.lab_trace_length();
  const steps = Array.from({ length }, (_, index) => {
    program.number.lab_trace_go(index);
    return program.json("lab_trace_state");
  });
  const forward = steps.filter(({ phase }) => phase === "forward");
  assert.deepEqual(forward[0].shape, [1, 10, 24, 24]);
  assert.equal(forward[0].path, "conv1");
  assert.equal(forward[0].parameters, 260);
  assert.equal(forward[0].multiply_adds, 10 * 24 * 24 * 25);
  assert.deepEqual(forward[0].inputs.map(({ name }) => name), ["image", "conv1.weight", "conv1.bias"]);
  assert.equal(forward.at(-1).op, "nll_loss");
  assert.equal(forward.at(-1).file, "lessons/training.hpp");
  const line = (await program.text.cnnlab_source(forward[0].file)).split("\n")[forward[0].line - 1];
  assert.match(line, /conv1\(x\)/);
  const branch = forward.find(({ path }) => path === "incept1.branch5x5_2");
  assert.deepEqual([branch.kernel, branch.in_channels, branch.out_channels, branch.parameters], [5, 16, 24, 9624]);
  assert.equal(branch.multiply_adds, 1382400);

  assert.equal(steps[forward.length].op, "nll_loss");
  assert.equal(steps[forward.length].phase, "backward");
  assert.deepEqual(steps[forward.length].shape, [1, 10]);
  const last = steps.filter(({ phase }) => phase === "backward").at(-1);
  assert.equal(last.path, "conv1");
  assert.deepEqual(last.shown.map(({ name }) => name), ["conv1.weight", "conv1.bias"]);
  assert.deepEqual(last.shape, [10, 1, 5, 5]);
  const updates = steps.filter(({ phase }) => phase === "update");
  assert.deepEqual([updates[0].name, updates.at(-1).name], ["conv1.weight", "fc.bias"]);
  assert.equal(updates.reduce((sum, { parameters }) => sum + parameters, 0), 97_298);
  assert.ok(steps.every(({ shown }) => shown.every(({ minimum, mean, maximum }) => minimum <= mean && mean <= maximum)));
  program.number.lab_trace_go(1e6);
  assert.equal(program.json("lab_trace_state").index, length - 1);
  program.number.lab_trace_go(-5);
  assert.equal(program.json("lab_trace_state").index, 0);
});

test("recording changes no weight", async () => {
  const program = await lab();
  const before = program.bytes("lab_weights");
  program.withBytes(bars(1).images, (i) => program.text.lab_trace_run(i, 4));
  assert.deepEqual(program.bytes("lab_weights"), before);
});

test("what cannot be recorded is told", async () => {
  const program = await lab();
  assert.equal(program.text.lab_trace_run(0, 1), "step: draw a digit first, or step through a test image");
  stroke(program, [[0.5, 0.1], [0.5, 0.9]]);
  assert.match(program.text.lab_trace_run(0, 10), /nll_loss: label 10 at position 0 is not in 0…9/);
  assert.equal(program.text.lab_trace_run(0, 1), "");
});

test("training learns, reports its events, and its weights go to the lab", async () => {
  const program = await lab();
  assert.equal(create(program), "");
  assert.equal(addData(program, 1, bars(100, 7)), "");
  assert.equal(addData(program, 0, bars(320)), "");
  const first = program.json("train_advance", 0);
  assert.deepEqual([first.state, first.step, first.epoch, first.steps_per_epoch], ["training", 1, 1, 10]);
  const events = [];
  let status = first;
  for (let calls = 0; status.state !== "finished"; ++calls) {
    assert.ok(calls < 1000 && status.state !== "failed", status.error);
    status = program.json("train_advance", 50);
    events.push(...status.events);
    assert.equal(program.text.lab_training_event(JSON.stringify(status)), "");
  }
  assert.equal(status.step, 20);
  const losses = events.filter(({ event }) => event === "step").map(({ loss }) => loss);
  assert.equal(losses.length, 2);
  assert.ok(losses[1] < losses[0]);
  const epochs = events.filter(({ event }) => event === "epoch");
  assert.deepEqual(epochs.map(({ step, test_total }) => [step, test_total]), [[10, 100], [20, 100]]);
  assert.deepEqual(program.json("train_test", 40).total, 40);

  stroke(program, [[0.5, 0.1], [0.5, 0.9]]);
  const untrained = program.text.lab_prediction();
  const weights = program.bytes("train_weights");
  assert.equal(program.withBytes(weights, (w) => program.text.lab_load(w, weights.length, "trained")), "");
  assert.notEqual(program.text.lab_prediction(), untrained);
  assert.deepEqual(program.bytes("lab_weights"), weights);
});

test("the norms of all parameters and gradients are reported when asked for", async () => {
  const program = await load();
  assert.equal(create(program, { norms_every: 4, log_every: 10, epochs: 1 }), "");
  addData(program, 1, bars(100, 7));
  addData(program, 0, bars(320));
  const said = [];
  for (let step = 1; step <= 10; ++step)
    for (const event of program.json("train_advance", 0).events)
      if (event.event === "norms") said.push(event);
  assert.deepEqual(said.map(({ step, epoch }) => [step, epoch]), [[1, 1], [5, 1], [9, 1]]);
  assert.equal(said[0].norms.length, 34);
  assert.equal(said[0].norms[0].name, "conv1.weight");
  assert.ok(said.every(({ norms }) => norms.every(({ gradient, weight }) => gradient > 0 && weight > 0)));
  assert.match(create(program, { norms_every: -1 }), /norms_every must be at least 0, got -1/);
});

test("what a run's network costs is told at any time, and changes nothing of the run", async () => {
  const losses = async (asking) => {
    const program = await load();
    assert.match(program.json("train_cost").error, /no run was begun/);
    assert.equal(create(program, { lesson: "deeper", log_every: 1 }), "");
    if (asking) {
      const { parameters, multiply_adds, memory } = program.json("train_cost");
      assert.equal(parameters, 161142); // of three modules
      assert.ok(multiply_adds > parameters);
      // At least weights, gradients and momentum, and what the first convolution gives for 32 images.
      assert.ok(memory > 4 * (3 * parameters + 32 * 10 * 24 * 24) && memory < 100e6, String(memory));
    }
    addData(program, 1, bars(100, 7));
    addData(program, 0, bars(320));
    const told = [];
    for (let step = 1; step <= 3; ++step) told.push(...program.json("train_advance", 0).events.map(({ loss }) => loss));
    if (asking) assert.equal(program.json("train_cost").parameters, 161142);
    for (let step = 1; step <= 2; ++step) told.push(...program.json("train_advance", 0).events.map(({ loss }) => loss));
    return told;
  };
  const asked = await losses(true);
  assert.equal(asked.length, 5);
  assert.deepEqual(asked, await losses(false));
});

test("the view of training takes runs, a confusion matrix and a digit; rubbish changes nothing", async () => {
  const program = await lab();
  program.text.lab_set_view("train");
  program.number.lab_layout(1000, 1);
  assert.equal(program.json("lab_panels").length, 5);
  const step = { event: "step", step: 10, loss: 2, train_correct: 1, train_total: 10 };
  const epoch = { event: "epoch", step: 20, test_loss: 1, test_correct: 5, test_total: 10 };
  const norms = { event: "norms", step: 1, norms: [{ name: "a.weight", gradient: 1, weight: 2 }] };
  const runs = [
    { name: "ResNet-20", color: 1, recorded: true, events: [step, epoch] },
    { name: "lr 1", color: 9, current: false, events: [step, epoch] },
    { name: "lr 2", current: true, layers: true, events: [norms] },
  ];
  assert.equal(program.text.lab_training_runs(JSON.stringify(runs)), "");
  assert.equal(program.text.lab_training_event(JSON.stringify({ events: [step, epoch] })), "");
  assert.match(program.text.lab_training_event('{"events":[{"event":"norms","step":2,"norms":[]}]}'), /norms of 0 parameters after 1/);
  assert.match(program.text.lab_training_runs('[{"name":1}]'), /^training event: /);
  assert.equal(program.text.lab_training_confusion('{"counts":[[1,2],[3,4]],"label":1,"answer":0}'), "");
  assert.equal(program.text.lab_training_confusion('{"counts":[[1,2],[3]]}'), "confusion: 2 rows, but 1 columns");
  assert.match(program.text.lab_training_confusion("{}"), /^confusion: /);
  assert.equal(program.text.lab_training_view('{"logarithmic":true,"norms":"weight","parameter":"fc.bias"}'), "");
  assert.match(program.text.lab_training_view('{"logarithmic":3}'), /^training view: /);
  program.withBytes(new Uint8Array(784), (pixels) => program.number.lab_training_digit(pixels));
  program.number.lab_training_digit(0);
});

test("training waits for images that are not there yet", async () => {
  const program = await load();
  create(program, { window: 64 });
  const state = () => program.json("train_advance", 0).state;
  assert.equal(state(), "waiting");
  addData(program, 1, bars(50, 7));
  addData(program, 0, bars(64));
  assert.deepEqual([state(), state(), state()], ["training", "training", "waiting"]);
  addData(program, 0, bars(256, 2));
  for (let i = 0; i < 7; ++i) assert.equal(state(), "training");
  assert.equal(state(), "waiting", "the epoch's last batch waits for the rest of the test images");
  addData(program, 1, bars(50, 8));
  assert.equal(state(), "training");
  assert.equal(state(), "testing");
});

test("the same seed gives the same weights, and data stays from run to run", async () => {
  const program = await load();
  const train = (seed) => {
    assert.equal(create(program, { seed }), "");
    for (let i = 0; i < 3; ++i) assert.equal(program.json("train_advance", 0).state, "training");
    return Buffer.from(program.bytes("train_weights")).toString("base64");
  };
  create(program);
  addData(program, 1, bars(100, 7));
  addData(program, 0, bars(320));
  const one = train(5);
  assert.notEqual(train(6), one);
  assert.equal(train(5), one);
});

test("a learning rate can be changed while training; one that explodes is told", async () => {
  const program = await load();
  create(program);
  addData(program, 1, bars(100, 7));
  addData(program, 0, bars(320));
  assert.equal(program.text.train_set('{"lr":1e30}'), "");
  let status;
  for (let i = 0; i < 10 && status?.state !== "failed"; ++i) status = program.json("train_advance", 0);
  assert.equal(status.state, "failed");
  assert.match(status.error, /^training: the loss is .* at step \d+/);
  assert.match(program.text.train_set('{"lr":-1}'), /learning rate/);
});

test("batch size and epochs can be changed while training; what cannot be changes nothing", async () => {
  const program = await load();
  create(program, { epochs: 1 });
  addData(program, 1, bars(100, 7));
  addData(program, 0, bars(320));
  assert.equal(program.json("train_advance", 0).images_left, 288);
  assert.equal(program.text.train_set('{"batch":100,"epochs":2}'), "");
  const { steps_per_epoch, images_left, epochs } = program.json("train_advance", 0);
  assert.deepEqual([steps_per_epoch, images_left, epochs], [4, 508, 2]); // 32, 100, 100, 88
  assert.match(program.text.train_set('{"batch":0,"epochs":5}'), /a batch has 1 to 4096 images, got 0/);
  assert.match(program.text.train_set('{"epochs":"many"}'), /^training settings: /);
  let status;
  do status = program.json("train_advance", 1000);
  while (status.state !== "finished");
  assert.deepEqual([status.step, status.epochs, status.images_left], [8, 2, 0]);
  program.text.train_set('{"epochs":3}');
  assert.equal(program.json("train_advance", 0).step, 9);
});

test("a checkpoint goes on, in another program, with the same losses and weights", async () => {
  const first = await load();
  create(first, { log_every: 1 });
  addData(first, 1, bars(100, 7));
  addData(first, 0, bars(320));
  for (let batch = 0; batch < 13; ++batch) first.json("train_advance", 0); // ten batches, a test of one, two batches
  const kept = first.bytes("train_checkpoint");
  const finish = (program) => {
    const events = [];
    let status;
    do {
      status = program.json("train_advance", 50);
      events.push(...status.events.map(({ images_per_second, train_seconds, ...event }) => event));
    } while (status.state !== "finished");
    return { events, weights: program.bytes("train_weights") };
  };
  const second = await load();
  create(second, { lr: 0.9, batch: 7 }); // the checkpoint's settings count
  assert.equal(second.withBytes(kept, (c) => second.text.train_resume(c, kept.length, "kept")), "");
  assert.equal(second.json("train_advance", 0).step, 12);
  addData(second, 1, bars(100, 7));
  addData(second, 0, bars(320));
  assert.deepEqual(finish(second), finish(first));
  assert.match(second.withBytes(kept, (c) => second.text.train_resume(c, kept.length, "kept")), /has begun/);
  create(second);
  assert.match(second.withBytes(kept, (c) => second.text.train_resume(c, 900, "kept")), /^kept: /);
});

test("every answer of a test can be had", async () => {
  const program = await load();
  create(program, { epochs: 1 });
  assert.equal(program.bytes("train_answers").length, 0);
  const { images, labels } = bars(100, 7);
  addData(program, 1, { images, labels });
  addData(program, 0, bars(320));
  const events = [];
  for (let state; state !== "finished"; ) {
    const report = program.json("train_advance", 50);
    state = report.state;
    events.push(...report.events);
  }
  const { test_loss, test_correct } = events.find(({ event }) => event === "epoch");
  const bytes = program.bytes("train_answers");
  assert.equal(bytes.length, 600);
  const losses = new Float32Array(bytes.buffer.slice(0, 400));
  assert.deepEqual(bytes.subarray(400, 500), labels);
  const correct = bytes.subarray(500).filter((answer, i) => answer === labels[i]).length;
  assert.equal(correct, test_correct);
  assert.ok(Math.abs(losses.reduce((a, b) => a + b) / 100 - test_loss) < 1e-4);
  assert.equal(program.json("train_test", 40).total, 40);
  assert.equal(program.bytes("train_answers").length, 240);
});

test("bad settings, data and weights are told in one line, and nothing breaks", async () => {
  const program = await lab();
  const line = (text) => assert.match(text, /^[^\n]{10,300}$/);
  for (const json of ["", "[]", "{", '{"lesson":"nothing"}', '{"lesson":7}', '{"lesson":"inception","batch":0}',
    '{"lesson":"inception","lr":"fast"}', '{"lesson":"inception","lr":-1}', '{"lesson":"inception","total":1e18}',
    '{"lesson":"inception","options":{"depth":3}}']) line(program.text.train_create(json));
  assert.equal(program.json("train_advance", 0).state, "failed");
  line(program.text.lab_set_lesson("nothing", "{}"));
  line(program.text.lab_set_lesson("inception", '{"depth":"x"}'));
  line(program.text.lab_training_event("no"));
  line(program.text.lab_training_event('{"events":[{"event":"step"}]}'));
  assert.equal(create(program), "");
  line(addData(program, 0, { images: new Uint8Array(784), labels: new Uint8Array([10]) }));
  line(addData(program, 0, bars(321)));
  const weights = program.bytes("lab_weights");
  for (const bytes of [new Uint8Array(0), new Uint8Array(100), weights.subarray(0, 1000), weights.map((b, i) => (i < 8 ? 255 : b))]) {
    for (const load of ["lab_load", "train_load"])
      program.withBytes(bytes, (w) => assert.match(program.text[load](w, bytes.length, "my file"), /^my file[^\n]+$/));
  }
  for (const at of [NaN, Infinity, -1e30, 1e30]) program.number.lab_pointer(DOWN, at, at);
  assert.equal(program.json("lab_prediction"), null);
  assert.equal(program.number.lab_frame(0), 0);
});

test("a drawing goes into a short text and comes back from it; what is none is refused", async () => {
  const program = await lab();
  stroke(program, Array.from({ length: 60 }, (_, i) => [0.2 + 0.6 * (i / 59), 0.3])); // a straight line needs two points
  assert.equal(program.number.lab_cell(20, 14, 1), 1);
  const { text, undo, redo } = program.json("lab_drawing");
  assert.match(text, /^\.[\w-]{8}~[\w-]{2}$/);
  assert.deepEqual([undo, redo], [true, false]);
  program.number.lab_clear();
  assert.equal(program.json("lab_drawing").text, "");
  program.number.lab_undo();
  assert.equal(program.json("lab_drawing").text, text);
  program.number.lab_clear();
  assert.equal(program.text.lab_set_drawing(text), "");
  assert.equal(program.json("lab_drawing").text, text);
  assert.equal(program.number.lab_cell(20, 14, -1), 1);
  for (const [rubbish, problem] of [["AAAA", /"\." comes first/], [".AAA", /3 letters/], [".AA!A", /'!'/], ["~A", /1 letters of cells/], ["~_A", /cell 63/]]) {
    assert.match(program.text.lab_set_drawing(rubbish), problem);
    assert.equal(program.json("lab_drawing").text, text);
  }
});
