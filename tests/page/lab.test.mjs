// The lab: drawn digits are read, training learns, the trace can be walked, and a link brings it all back.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { still, until } from "./support/browser.mjs";
import { DIGITS, drawWithFinger, drawWithMouse } from "./support/draw.mjs";
import { draw, pages, prediction } from "./support/pages.mjs";

const inPage = pages();

const isTrained = (page) => page.evaluate(() => !/untrained/.test(document.getElementById("prediction").textContent));

function assertIsReading(read) {
  assert.ok(Number.isInteger(read.digit) && read.digit >= 0 && read.digit <= 9);
  assert.equal(read.probabilities.length, 10);
  assert.ok(Math.abs(read.probabilities.reduce((a, b) => a + b) - 1) < 1e-4);
  assert.equal(Math.max(...read.probabilities), read.probabilities[read.digit]);
}

describe("drawing", () => {
  for (const [name, how, options] of [
    ["mouse", drawWithMouse, {}],
    ["finger", drawWithFinger, { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }],
  ]) {
    test(`digits drawn by ${name} are read`, () =>
      inPage(options, async (page, session) => {
        assert.equal(await prediction(page), null);
        const trained = await isTrained(page);
        for (const digit of Object.keys(DIGITS)) {
          await draw(page, session, digit, how);
          const read = await prediction(page);
          assertIsReading(read);
          if (trained) assert.equal(read.digit, Number(digit));
        }
        const last = await prediction(page);
        await until(page, (digit) => document.getElementById("prediction").textContent.includes(`Read as ${digit}`), last.digit);
        await page.click("#undo");
        await page.click("#clear");
        assert.equal(await prediction(page), null);
      }));
  }

  test("the pad stays where it is said to be, although a phone has jumped over prose that was never laid out", () =>
    inPage({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, hash: "#lang=ko" }, async (page) => {
      const frame = () => page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
      await frame(); // what is in sight has been laid out
      const { x, y } = await page.evaluate(() => {
        document.getElementById("bench").scrollIntoView();
        return lab.drawPad();
      });
      await frame();
      const now = await page.evaluate(() => document.getElementById("pad").getBoundingClientRect().toJSON());
      assert.deepEqual([Math.round(now.x), Math.round(now.y)], [Math.round(x), Math.round(y)]);
    }));

  test("a finger draws on the pad and scrolls beside it", () =>
    inPage({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }, async (page, session) => {
      const pad = await page.evaluate(() => lab.drawPad());
      const swipe = (x, y) => drawWithFinger(session, [Array.from({ length: 12 }, (_, i) => [x, y - 12 * i])]);
      const at = await page.evaluate(() => scrollY);
      await swipe(pad.x + pad.width / 2, pad.y + pad.height - 20);
      await still(page.locator("body"));
      assert.equal(await page.evaluate(() => scrollY), at);
      assert.notEqual(await prediction(page), null);
      await page.evaluate(() => scrollTo(0, 400));
      await still(page.locator("body"));
      await swipe(200, 600);
      await until(page, () => scrollY > 450);
    }));

  test("switching off a stage of preparation changes what the network gets", () =>
    inPage({}, async (page, session) => {
      await draw(page, session, 7);
      const before = await prediction(page);
      await page.uncheck('#stages input[name="scale"]');
      const after = await prediction(page);
      assert.notDeepEqual(after.probabilities, before.probabilities);
    }));
});

describe("the canvas", () => {
  // Of the canvas's outermost rows and columns of pixels: the colour of the panel that lies there.
  const edges = (page) =>
    page.evaluate(async () => {
      await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
      const canvas = document.getElementById("lab");
      const copy = Object.assign(document.createElement("canvas"), { width: canvas.width, height: canvas.height });
      const picture = copy.getContext("2d", { willReadFrequently: true });
      picture.drawImage(canvas, 0, 0);
      const color = (x, y) => picture.getImageData(x, y, 1, 1).data.join();
      const [right, bottom] = [canvas.width - 1, canvas.height - 1];
      const [column, row] = [60, 60]; // beside a rounded corner, before any other thing in the panel
      const tallest = [...Array(canvas.width).keys()].find((x) => color(x, bottom) !== color(0, 0)) + 30;
      return { edges: [color(column, 0), color(0, row), color(right, row), color(tallest, bottom)], inside: color(column, 8) };
    });

  for (const [name, options] of [
    ["a desktop", { viewport: { width: 1440, height: 900 }, hash: "#view=draw" }],
    ["a desktop with a zoomed page", { viewport: { width: 1366, height: 768 }, deviceScaleFactor: 1.25, hash: "#view=train" }],
    ["a phone", { viewport: { width: 393, height: 851 }, deviceScaleFactor: 2.625, hash: "#view=train" }],
  ]) {
    test(`shows its panels' borders all round: ${name}`, () =>
      inPage(options, async (page) => {
        const found = await edges(page);
        assert.equal(new Set(found.edges).size, 1, found.edges.join(" "));
        assert.notEqual(found.edges[0], found.inside);
      }));
  }
});

describe("the trace", () => {
  test("every step marks the line that ran, forward and then backward", () =>
    inPage({}, async (page) => {
      const length = await page.evaluate(() => lab.trace.length);
      assert.ok(length > 40, `${length} steps`);
      const seen = await page.evaluate((length) => {
        const wrong = [];
        const phases = [];
        for (let index = 0; index < length; ++index) {
          lab.trace.go(index);
          const state = lab.trace.state();
          const lines = [...document.querySelectorAll("#code .current")];
          const good = lines.length === 1 && lines[0].dataset.file === state.file && Number(lines[0].dataset.line) === state.line;
          if (!good || state.index !== index) wrong.push(index);
          const box = document.getElementById("code").getBoundingClientRect();
          const line = lines[0]?.getBoundingClientRect();
          if (!line || line.top < box.top || line.bottom > box.bottom) wrong.push(`${index} is out of sight`);
          if (state.phase !== phases.at(-1)) phases.push(state.phase);
        }
        return { wrong, phases, scrolled: scrollY };
      }, length);
      assert.deepEqual(seen, { wrong: [], phases: ["forward", "backward", "update"], scrolled: 0 });
    }));

  test("buttons and slider walk it, in words too", () =>
    inPage({ hash: "#view=step&lang=en" }, async (page) => {
      await page.click("#next");
      await page.click("#next");
      assert.equal(await page.evaluate(() => lab.trace.state().index), 2);
      assert.match(await page.textContent("#trace"), /Step 3 of \d+, forward/);
      await page.click("#previous");
      assert.equal(await page.evaluate(() => lab.trace.state().index), 1);
      await page.focus("#step");
      await page.keyboard.press("End");
      const { index, length, phase } = await page.evaluate(() => ({ ...lab.trace.state(), length: lab.trace.length }));
      assert.equal(index, length - 1);
      assert.equal(phase, "update");
      assert.equal(await page.locator("#next").isDisabled(), true);
    }));

  test("runs on another test image, and on the drawing", () =>
    inPage({}, async (page, session) => {
      const last = () => page.evaluate(() => { lab.trace.go(0); return lab.trace.state().mean; });
      const first = await last();
      await page.fill("#image", "4321");
      await page.press("#image", "Enter");
      await until(page, (before) => lab.trace.state().mean !== before, first);
      await page.check('input[name="image"][value="drawing"]');
      await until(page, () => /pad/.test(document.getElementById("image-error").textContent));
      const other = await last();
      await draw(page, session, 2);
      await until(page, (before) => lab.trace.state().mean !== before, other);
      assert.equal(await page.textContent("#image-error"), "");
    }));
});

describe("the address", () => {
  test("reproduces lesson, step, settings and language", () =>
    inPage({ hash: "#lesson=inception&step=17&image=3&seed=7&lr=0.1&momentum=0.9&batch=32&lang=ko" }, async (page) => {
      assert.equal(await page.getAttribute("html", "lang"), "ko");
      await until(page, () => lab.trace.state()?.index === 17);
      const values = await page.evaluate(() => ["seed", "lr", "momentum", "batch", "image"].map((id) => document.getElementById(id).value));
      assert.deepEqual(values, ["7", "0.1", "0.9", "32", "3"]);
    }));

  test("corrects what cannot be, and says so", () =>
    inPage({ hash: "#lesson=nonsense&step=99&lr=-1&batch=32" }, async (page) => {
      assert.match(await page.textContent("#alerts"), /lesson=nonsense, lr=-1/);
      assert.equal(await page.inputValue("#lr"), "0.01");
      assert.equal(await page.inputValue("#batch"), "32");
      const [index, length] = await page.evaluate(() => [lab.trace.state().index, lab.trace.length]);
      assert.equal(index, length - 1);
    }));

  test("Back undoes what a link of the lesson has set", () =>
    inPage({ hash: "#lang=en" }, async (page) => {
      await page.evaluate(() => document.querySelector('article:not([hidden]) .lab-link[href*="momentum=0.9"]').click());
      assert.equal(await page.inputValue("#lr"), "0.1");
      await page.goBack();
      await until(page, () => document.getElementById("lr").value === "0.01");
      await page.goForward();
      await until(page, () => document.getElementById("lr").value === "0.1");
    }));
});
