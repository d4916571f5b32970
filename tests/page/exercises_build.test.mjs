// How the exercises are made from compiled sources when the page is built: what no longer fits is an error there.
import assert from "node:assert/strict";
import { resolve } from "node:path";
import { test } from "node:test";
import { mistaken } from "../../web/build/exercises/mistakes.mjs";
import { orderExercise } from "../../web/build/exercises/order.mjs";
import { shapesExercise } from "../../web/build/exercises/shapes.mjs";

const root = resolve(import.meta.dirname ?? new URL(".", import.meta.url).pathname, "../..");
const from = (begin, text) => ({ begin, lines: text.trim().split("\n"), where: "text.en.md:1", root, language: "en", id: "x", inline: (said) => said });
const order = (text, begin = 'order tests/homework/answers/residual.hpp "struct BasicBlock" "Variable forward"') => orderExercise(from(begin, text)).html.body;
const shapes = (text, begin = 'shapes tests/homework/answers/residual.hpp "struct ResNet"') => shapesExercise(from(begin, text)).html.body;
const places = (html) => [...html.matchAll(/data-place="(-?\d)"/g)].map(([, place]) => Number(place));

test("a mistake is what the homework's tests compile", () => {
  const [right, wrong] = [mistaken(root, "residual", "right"), mistaken(root, "residual", "relu_before")].map((source) => source.split("\n"));
  assert.deepEqual(wrong.filter((line, index) => line !== right[index]).map((line) => line.trim()), ["y = cnnlab::add(relu(y), shortcut(x));", "return y;"]);
  assert.doesNotMatch(mistaken(root, "dense", "no_batch_norm").match(/struct DenseLayer[\s\S]*?\n};/)[0], /norm\(/);
  assert.throws(() => mistaken(root, "residual", "no_such"), /has no mistake "no_such" of the homework residual/);
});

test("lines come from the answer and from mistakes, shuffled, always in the same way", () => {
  const text = "Asked.\n=\nDone.\n- no_relu\nWhy.\n- one_batch_norm\nWhy too.\n*\nHint.";
  const html = order(text);
  assert.deepEqual(places(html).sort(), [-1, -1, 0, 1, 2, 3]);
  assert.notDeepEqual(places(html).filter((place) => place >= 0), [0, 1, 2, 3]);
  assert.equal(html, order(text));
});

test("what is no longer in the sources is an error", () => {
  assert.throws(() => order("=\nDone.\n> conv7\nWhy.\n*\nHint."), /text\.en\.md:1: the region has no line with conv7/);
  assert.throws(() => order("=\nDone.\n- no_halving\nWhy.\n*\nHint."), /the mistake no_halving brings no new line here/);
  assert.throws(() => order("=\nDone.\n*\nHint.", 'order tests/homework/answers/residual.hpp "struct Nothing"'), /no region that begins with "struct Nothing"/);
  assert.throws(() => order("=\nDone."), /have a "=" and a "\*"/);
  assert.throws(() => shapes('Asked.\n> "layer9"\n= 1 2 3\nYes.\n*\nNo.'), /no line with "layer9" below the one before/);
  assert.throws(() => shapes('Asked.\n> "layer2"\n= 1 2 3\nYes.\n*\nNo.\n> "layer1"\n= 1 2 3\nYes.\n*\nNo.'), /no line with "layer1" below/);
  assert.throws(() => shapes('Asked.\n> "layer2"\n= 1 2\nYes.\n*\nNo.'), /a shape has three sizes/);
  assert.throws(() => shapes('Asked.\n> "layer2"\n= 1 2 _\nYes.\n*\nNo.'), /"_" is not a number/);
  assert.throws(() => shapes('Asked.\n> "layer2"\n= 1 2 3\nYes.'), /has one "\*"/);
});
