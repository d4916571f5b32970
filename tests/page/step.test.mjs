// The debugger: a whole training step by keyboard, with every word checked against the tape's numbers; its moves,
// breakpoints, one number at a time; at phone and desktop widths, in both languages.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { until } from "./support/browser.mjs";
import { DIGITS, drawWithMouse, fit } from "./support/draw.mjs";
import { faultOf } from "./support/formula.mjs";
import { pages, tooSmall, violations } from "./support/pages.mjs";

const inPage = pages();
const inStep = (hash, work, options = {}) =>
  inPage({ ...options, hash: `#view=step&${hash}` }, async (page, session) => {
    await until(page, () => lab.trace.length > 0);
    await work(page, session);
  });

/** What the tape says and what the page says, now. */
const now = (page) =>
  page.evaluate(() => {
    const all = (selector) => [...document.querySelectorAll(selector)];
    return {
      state: lab.trace.state(),
      said: document.getElementById("trace").textContent,
      more: document.getElementById("trace-more").textContent,
      formulas: all("#trace .formulas dd").map((dd) => dd.textContent),
      caption: document.querySelector("#trace-more caption")?.textContent ?? "",
      ways: all("#trace-more tbody tr").map((row) => [...row.cells].map((cell) => cell.textContent)),
      hints: all("#code [data-hint]").map(({ dataset }) => [dataset.file, Number(dataset.line), dataset.hint]),
      current: all("#code .current").map(({ dataset }) => `${dataset.file}:${dataset.line}`),
    };
  });
const name = async (page) => (await now(page)).state.name;
const shape = (sizes) => `(${sizes.join(", ")})`;
const count = (value) => value.toLocaleString("en-US");
const product = (sizes) => sizes.reduce((a, b) => a * b, 1);

/** As the page writes measured numbers. */
function num(value, digits = 4) {
  const small = value !== 0 && (Math.abs(value) < 1e-4 || Math.abs(value) >= 1e7);
  return (small ? value.toExponential(digits - 1) : String(Number(value.toPrecision(digits)))).replaceAll("-", "−");
}

// What each op costs, out of its shapes alone.
function costOf(state) {
  const once = product(state.output_shape) * (state.kernel ?? 1) ** 2 * (state.in_channels ?? 0);
  if (state.op !== "conv2d" && state.op !== "linear") return { parameters: 0, products: 0 };
  const gradients = state.shown.filter(({ shape }) => shape.length > 1).length;
  return {
    parameters: state.out_channels * ((state.kernel ?? 1) ** 2 * state.in_channels + 1),
    products: once * (state.phase === "backward" ? gradients : 1),
  };
}

function checkCost({ state, more, formulas }) {
  const { parameters, products } = costOf(state);
  assert.equal(state.parameters, parameters);
  assert.equal(state.multiply_adds, products);
  for (const cost of [parameters, products]) assert.ok(cost === 0 || more.includes(count(cost)), more);
  if (parameters > 0) assert.ok(formulas.some((formula) => formula.endsWith(`= ${count(products)}`)), formulas.join("; "));
  if (parameters > 0 && state.phase === "forward") assert.ok(formulas[0].endsWith(`= ${count(parameters)}`), formulas[0]);
}

// Sentences that hold a number of the tape, op by op.
const TOLD = {
  "forward conv2d": (s) => [`${s.kernel}×${s.kernel}`, String(s.out_channels)],
  "forward max_pool2d": (s) => [`${s.kernel}×${s.kernel}`],
  "forward avg_pool2d": (s) => [`${s.kernel}×${s.kernel}`],
  "forward relu": (s) => [count(s.shown[0].zeros), count(product(s.shape))],
  "forward log_softmax": (s) => [num(s.maximum), String(s.shown[0].largest_at)],
  "forward nll_loss": (s) => [num(s.mean), String(s.label)],
  "backward max_pool2d": (s) => [count(product(s.shape) - s.shown[0].zeros)],
  "backward avg_pool2d": (s) => [`1/${s.kernel ** 2}`],
  "backward relu": (s) => [count(s.blocked)],
  "backward log_softmax": (s) => [num(s.minimum)],
  "update sgd": (s) => [num(s.lr), num(s.momentum), num(s.example.velocity)],
};

// A gradient that came by several ways is their sum, and one that is cut is in its parts.
function checkWays({ state, ways }) {
  const met = state.paths && state.paths.length > 1;
  if (!met && !(state.phase === "backward" && state.op === "cat")) return assert.deepEqual(ways, []);
  const parts = met ? state.paths : state.shown;
  assert.deepEqual(ways.map((row) => row[1]), parts.map(({ norm }) => num(norm)));
  const whole = ways.reduce((sum, row) => sum + Number(row[2].replace("−", "-").replace("%", "")), 0);
  assert.ok(Math.abs(whole - 100) < 0.5, `the shares add up to ${whole}%`);
}

function checkStep(seen, index) {
  const { state, said, more, formulas, caption, hints, current } = seen;
  assert.equal(state.index, index);
  for (const part of [String(index + 1), String(state.length), state.name, shape(state.output_shape), ...(TOLD[`${state.phase} ${state.op}`]?.(state) ?? [])])
    assert.ok(said.includes(part), `step ${index} does not tell ${part}: ${said}`);
  if (state.phase === "backward") for (const t of state.shown) assert.ok(said.includes(`${t.name} ${shape(t.shape)}`), said);
  const [first] = state.shown;
  if (product(first.shape) > 1) for (const value of [first.minimum, first.maximum, first.mean, first.norm]) assert.ok(more.includes(num(value)), more);
  if (state.phase !== "update") checkCost(seen);
  for (const formula of formulas) assert.equal(faultOf(formula), "");
  if (caption.includes("√")) assert.equal(faultOf(caption.match(/√.*= [\d.e−]*\d/)[0]), "");
  checkWays(seen);
  assert.deepEqual(current, [`${state.file}:${state.line}`]);
  assert.deepEqual(hints.map(([file, line]) => `${file}:${line}`).sort(), state.hints.map(({ file, line }) => `${file}:${line}`).sort());
}

describe("a whole training step by keyboard alone", () => {
  for (const lang of ["en", "ko"])
    test(`reads true at every step, forwards, backwards, through the update, and back again: ${lang}`, () =>
      inStep(`lang=${lang}&lr=0.1&momentum=0.9&image=4`, async (page) => {
        await page.focus("#next");
        const phases = [];
        const { length } = (await now(page)).state;
        for (let index = 0; index < length; ++index) {
          const seen = await now(page);
          checkStep(seen, index);
          if (seen.state.phase !== phases.at(-1)) phases.push(seen.state.phase);
          if (index < length - 1) await page.keyboard.press("ArrowRight");
        }
        assert.deepEqual(phases, ["forward", "backward", "update"]);
        assert.equal((await now(page)).state.lr, 0.1);
        await page.focus("#previous");
        await page.keyboard.press("ArrowLeft");
        assert.equal((await now(page)).state.index, length - 2);
        await page.keyboard.press("Home");
        checkStep(await now(page), 0);
        assert.equal((await now(page)).hints.length, 2); // what the next steps make is not known any more
        await page.focus("#step-into");
        await page.keyboard.press("End");
        assert.equal((await now(page)).state.index, length - 1);
      }));

  test("modules are entered, passed over and left, forwards and backwards", () =>
    inStep("lang=en&step=2", async (page) => {
      await page.focus("#step-over");
      const go = async (key) => {
        await page.keyboard.press(key);
        return name(page);
      };
      assert.equal(await name(page), "relu");
      assert.equal(await go("F10"), "incept1.cat");
      await page.evaluate(() => lab.trace.go(2));
      assert.equal(await go("F11"), "incept1.branch1x1");
      assert.equal(await go("F10"), "incept1.branch5x5_1");
      assert.equal(await go("Shift+F11"), "incept1.cat");
      assert.equal(await go("Shift+F11"), "conv2");
      assert.equal(await go("Shift+F11"), "log_softmax");
      assert.equal(await go("Shift+F11"), "nll_loss");
      assert.equal(await go("F11"), "nll_loss");
      assert.equal(await go("F10"), "conv1");
      const { state } = await now(page);
      assert.equal(state.phase, "backward");
      await page.click("#step-out");
      assert.equal((await now(page)).state.phase, "update");
    }));

  test("keys are left to the controls that need them", () =>
    inStep("lang=en&step=5", async (page) => {
      await page.focus("#image");
      await page.keyboard.press("ArrowRight");
      await page.keyboard.press("Home");
      assert.equal((await now(page)).state.index, 5);
      await page.focus("#step");
      await page.keyboard.press("ArrowRight");
      assert.equal((await now(page)).state.index, 6); // the slider's own, once
      await page.focus('input[name="image"][value="test"]');
      await page.keyboard.press("End");
      assert.equal((await now(page)).state.index, 6);
      await page.focus("#tab-step");
      await page.keyboard.press("ArrowLeft");
      assert.equal(await page.getAttribute("#tab-draw", "aria-selected"), "true");
      assert.equal((await now(page)).state.index, 6);
    }));
});

describe("breakpoints", () => {
  const lineOf = (page, text) =>
    page.evaluate((text) => {
      const line = [...document.querySelectorAll("#code .file:not([hidden]) .line")].find((one) => one.textContent.includes(text));
      return Number(line.dataset.line);
    }, text);
  const switchAt = (page, line, file = "model.hpp") => page.locator(`#code .line[data-file$="/${file}"][data-line="${line}"] .breakpoint`);

  test("are set with the pointer on a line's number, stop the run each time, and stand in the address", () =>
    inStep("lang=en", async (page) => {
      const line = await lineOf(page, "five = branch5x5_2(five)");
      const one = switchAt(page, line);
      await one.click();
      assert.equal(await one.isChecked(), true);
      await until(page, (line) => location.hash.includes(`break=model.hpp:${line}`), line);
      const stops = [];
      for (let i = 0; i < 5; ++i) {
        await page.click("#step-break");
        const { state } = await now(page);
        stops.push(`${state.phase} ${state.name}`);
      }
      assert.deepEqual(stops, [
        "forward incept1.branch5x5_2",
        "forward incept2.branch5x5_2",
        "backward incept2.branch5x5_2",
        "backward incept1.branch5x5_2",
        "update fc.bias",
      ]);
      await one.click();
      await until(page, () => !location.hash.includes("break="));
    }));

  test("are set by keyboard: one Tab, arrows, Space; F5 goes on, and loads the page again only without any", () =>
    inStep("lang=en", async (page) => {
      await page.focus("#code");
      await page.keyboard.press("Tab");
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("Space");
      const label = await page.evaluate(() => document.activeElement.getAttribute("aria-label"));
      const line = Number(label.match(/line (\d+) of model\.hpp/)[1]);
      assert.equal(await switchAt(page, line).isChecked(), true);
      await page.evaluate(() => (window.still = true));
      await page.keyboard.press("F5");
      const { state } = await now(page);
      assert.equal(state.line, line);
      assert.equal(await page.evaluate(() => window.still), true);
      assert.equal(await page.locator('#code .breakpoint[tabindex="0"]').count(), 1);
    }));

  test("come back with the address, and a line of another file can have one too", () =>
    inStep("lang=ko&break=training.hpp:17", async (page) => {
      assert.equal(await switchAt(page, 17, "training.hpp").isChecked(), true);
      assert.match(await switchAt(page, 17, "training.hpp").getAttribute("aria-label"), /training\.hpp 17행 중단점/);
      await page.focus("#next");
      await page.keyboard.press("F5");
      assert.equal((await now(page)).state.phase, "update");
      assert.equal((await now(page)).state.name, "conv1.weight");
    }));

  test("leave the source's text as it is", () =>
    inStep("lang=en&step=30", async (page) => {
      const shown = await page.evaluate(() =>
        [...document.querySelectorAll('#code .file[data-file$="model.hpp"] .line')].map((line) => line.textContent.replace("\u200b", "")).join("\n"),
      );
      assert.equal(shown, readFileSync(new URL("../../lessons/02_inception/model.hpp", import.meta.url), "utf8").trimEnd());
    }));
});

describe("one number", () => {
  // The number that is largest is known from the tape.
  async function pickLargest(page) {
    const { state } = await now(page);
    const [first] = state.shown;
    let rest = first.largest_at;
    const place = first.shape.map(() => 0);
    for (let axis = first.shape.length - 1; axis >= 0; --axis) {
      place[axis] = rest % first.shape[axis];
      rest = Math.floor(rest / first.shape[axis]);
    }
    const fields = page.locator("#pixel-axes label:not([hidden]) input");
    const moving = place.filter((_, axis) => first.shape[axis] > 1);
    for (const [i, value] of moving.entries()) await fields.nth(i).fill(String(value));
    return { value: first.maximum, place, said: await page.textContent("#picked") };
  }

  test("of every step is explained by a sum that makes it", () =>
    inStep("lang=en&image=18", async (page) => {
      const { length } = (await now(page)).state;
      for (let index = 0; index < length; ++index) {
        await page.evaluate((index) => lab.trace.go(index), index);
        const { value, place, said } = await pickLargest(page);
        assert.ok(said.includes(`[${place.join(", ")}] = ${num(value)}`), said);
        const sum = said.match(/so: (.*)\.$/)?.[1];
        assert.ok(sum, said);
        if (!/\[.*\] = /.test(sum)) assert.equal(faultOf(sum), "", said);
        assert.ok(sum.endsWith(`= ${num(value)}`), `${sum} does not end with ${num(value)}`);
      }
    }));

  test("is chosen by arrows in a field, and stands in the address", async () => {
    let hash, said;
    await inStep("lang=ko&step=5&image=4", async (page) => {
      const fields = page.locator("#pixel-axes label:not([hidden]) input");
      assert.deepEqual(await page.locator("#pixel-axes label:not([hidden])").allTextContents(), ["채널", "행", "열"]);
      for (const [axis, value] of [0, 0, 1].entries()) await fields.nth(axis).fill(String(value));
      await fields.nth(2).focus();
      await page.keyboard.press("ArrowUp");
      said = await page.textContent("#picked");
      assert.match(said, /\[0, 0, 0, 2\] = .*편향/);
      assert.equal(await page.evaluate(() => document.activeElement.type), "number"); // the focus stays
      await until(page, () => location.hash.includes("pixel=2"));
      hash = await page.evaluate(() => location.hash);
      await page.keyboard.press("F11");
      assert.doesNotMatch(await page.textContent("#picked"), /\[0, 0, 0, 2\]/);
      await until(page, () => !location.hash.includes("pixel=")); // another step, another tensor
    });
    await inStep(hash.slice(1), async (page) => assert.equal(await page.textContent("#picked"), said));
  });

  test("is chosen by a click on the picture", () =>
    inStep("lang=en&step=2", async (page) => {
      const canvas = page.locator("#lab");
      await canvas.scrollIntoViewIfNeeded();
      const box = await canvas.boundingBox();
      // The second panel's first map begins below its title and heading.
      await page.mouse.click(box.x + box.width / 2 + 40, box.y + 130);
      await until(page, () => /^relu\[0, \d+, \d+, \d+\] = /.test(document.getElementById("picked").textContent));
    }));

  test("of a gradient is read from the tensor that is chosen", () =>
    inStep("lang=en&step=36", async (page) => {
      const { state } = await now(page);
      assert.equal(state.phase, "backward");
      assert.ok(state.shown.length > 1);
      await page.selectOption("#pixel-tensor", { index: 1 });
      await page.locator("#pixel-axes label:not([hidden]) input").first().fill("1");
      assert.ok((await page.textContent("#picked")).startsWith(`${state.shown[1].name}.grad[`));
    }));
});

describe("the view", () => {
  test("runs on the learner's drawing, on a new learning rate, and keeps the step", () =>
    inStep("lang=en&step=89", async (page, session) => {
      await page.check('input[name="image"][value="drawing"]');
      const pad = await page.evaluate(() => lab.drawPad());
      await drawWithMouse(session, fit(DIGITS[3], pad));
      await until(page, () => lab.trace.state()?.label === lab.prediction()?.digit);
      await page.click("#tab-step");
      const before = (await now(page)).state;
      assert.equal(before.index, 89);
      await page.evaluate(() => (location.hash = location.hash.replace(/lr=[^&]*/, "lr=0.5")));
      await until(page, () => lab.trace.state().lr === 0.5);
      checkStep(await now(page), 89);
    }));

  for (const width of [360, 768, 1440])
    for (const lang of ["en", "ko"])
      test(`fits, can be hit and has no fault that axe finds: ${width} px, ${lang}`, () =>
        inStep(
          `lang=${lang}&step=36&break=model.hpp:27&pixel=3`,
          async (page) => {
            await page.click(".keys summary");
            const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
            assert.ok(wide <= 0, `${wide} px too wide`);
            assert.deepEqual(await tooSmall(page, "#view"), []);
            for (const step of [36, 0, 80]) {
              await page.evaluate((step) => lab.trace.go(step), step);
              assert.deepEqual(await violations(page, "#view"), []);
            }
          },
          { viewport: { width, height: 800 }, hasTouch: width < 500, isMobile: width < 500, colorScheme: lang === "ko" ? "dark" : "light" },
        ));
});
