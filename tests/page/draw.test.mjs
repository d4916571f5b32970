// The view "draw": pen, undo and redo, the stages and why they matter, the keyboard, and drawings that are kept and trained on.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { until } from "./support/browser.mjs";
import { DIGITS, drawWithMouse, fit } from "./support/draw.mjs";
import { draw, pages, prediction } from "./support/pages.mjs";

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

const inPage = pages();

async function keep(page, session, digit, label) {
  await draw(page, session, digit);
  await until(page, () => !document.getElementById("correct").disabled);
  await page.click(`#digits button:nth-child(${label + 1})`);
}

describe("the pad", () => {
  test("an empty one says that nothing is drawn", () =>
    inPage({ hash: "#lang=en" }, async (page) => {
      assert.match(await page.textContent("#prediction"), /Nothing is drawn/);
      assert.equal(await page.locator("#digits button").first().isDisabled(), true);
    }));

  test("strokes, and Clear, are undone and done again", () =>
    inPage({}, async (page, session) => {
      await draw(page, session, 4); // two strokes
      const both = await prediction(page);
      await page.click("#undo");
      const one = await prediction(page);
      assert.notDeepEqual(one, both);
      await page.click("#redo");
      assert.deepEqual(await prediction(page), both);
      assert.equal(await page.locator("#redo").isDisabled(), true);
      await page.click("#clear");
      assert.equal(await prediction(page), null);
      await page.click("#undo");
      assert.deepEqual(await prediction(page), both);
    }));

  test("the pen's width changes what the network gets", () =>
    inPage({}, async (page, session) => {
      await draw(page, session, 2);
      const before = await prediction(page);
      await page.focus("#pen");
      await page.keyboard.press("End");
      assert.notDeepEqual((await prediction(page)).probabilities, before.probabilities);
      await until(page, () => location.hash.includes("pen=6"));
    }));

  test("is in sight at once on a phone", () =>
    inPage({ ...PHONE, hash: "#view=draw" }, async (page) => {
      await page.click('.jump a[href="#bench"]');
      await until(page, () => {
        const [pad, jump] = [document.getElementById("pad"), document.querySelector(".jump")].map((part) => part.getBoundingClientRect());
        return pad.top > 0 && pad.bottom < jump.top;
      });
    }));
});

describe("the stages", () => {
  test("each says what would be read without it, and is switched in the list or at its picture", () =>
    inPage({ hash: "#lang=en" }, async (page, session) => {
      assert.match(await page.textContent("#why-center"), /middle/);
      // A small 7 in a corner: without scaling and centring it lies where the network never saw one.
      const { x, y, width } = await page.evaluate(() => lab.drawPad());
      await drawWithMouse(session, fit(DIGITS[7], { x, y, width: width / 3, height: width / 3 }));
      await until(page, () => /^Without: (still|read as) \d, /.test(document.getElementById("why-crop").textContent));
      const before = await prediction(page);
      await page.uncheck('#stages input[name="crop"]');
      const after = await prediction(page);
      assert.notDeepEqual(after.probabilities, before.probabilities);
      await until(page, () => /^Switched off\. With it: /.test(document.getElementById("why-crop").textContent));
      await until(page, () => location.hash.includes("off=crop"));
      await page.check('#stages input[name="crop"]');
      assert.deepEqual(await prediction(page), before);
      // What its words promised without it is what was read without it.
      const promise = `${after.digit}, ${(100 * after.probabilities[after.digit]).toFixed(1)}%`;
      await until(page, (text) => new RegExp(`^Without: (still|read as) ${text}`).test(document.getElementById("why-crop").textContent), promise);
    }));
});

describe("by keyboard", () => {
  test("a digit is drawn with arrows and space, said in words, and read", () =>
    inPage({ hash: "#lang=en" }, async (page) => {
      await page.focus("#pad");
      const words = () => page.textContent("#pad-words");
      assert.match(await words(), /row 5, column 15, empty/);
      await page.keyboard.press(" ");
      assert.match(await words(), /row 5, column 15, filled/);
      for (let step = 0; step < 17; ++step) await page.keyboard.press("Shift+ArrowDown");
      assert.match(await words(), /row 22, column 15, filled/);
      assert.equal((await prediction(page)).digit, 1);
      await page.keyboard.press("Control+z");
      assert.match(await words(), /row 22, column 15, empty/);
      await page.keyboard.press("Control+y");
      await page.keyboard.press("Delete");
      assert.match(await words(), /empty/);
    }));
});

describe("a link", () => {
  test("opens the same drawing, read the same way", () =>
    inPage({ hash: "#lang=en&pen=3&off=scale" }, async (page, session) => {
      await draw(page, session, 3);
      await until(page, () => location.hash.includes("drawing="));
      const read = await prediction(page);
      const hash = await page.evaluate(() => location.hash);
      assert.ok(hash.length < 800, `${hash.length} characters`);
      await inPage({ hash }, async (other) => {
        const again = await prediction(other);
        assert.equal(again.digit, read.digit);
        again.probabilities.forEach((p, digit) => assert.ok(Math.abs(p - read.probabilities[digit]) < 0.05, `${digit}: ${p}`));
        assert.equal(await other.inputValue("#pen"), "3");
        assert.equal(await other.isChecked('#stages input[name="scale"]'), false);
      });
    }));
});

describe("kept drawings", () => {
  test("can be taken out, saved as IDX, and trained on", () =>
    inPage({ hash: "#lang=en" }, async (page, session) => {
      await keep(page, session, 3, 3);
      await keep(page, session, 7, 1); // as somebody may insist
      await keep(page, session, 0, 0);
      assert.match(await page.textContent("#kept-title"), /3 kept drawings/);
      await page.click("#kept-list li:nth-child(3) button");
      assert.match(await page.textContent("#kept-title"), /2 kept drawings/);

      const saved = [];
      page.on("download", (download) => saved.push(download));
      await page.click("#kept-save");
      while (saved.length < 2) await page.waitForEvent("download");
      const files = new Map();
      for (const download of saved) files.set(download.suggestedFilename(), readFileSync(await download.path()));
      assert.deepEqual([...files.keys()].sort(), ["kept-images-idx3-ubyte", "kept-labels-idx1-ubyte"]);
      const images = files.get("kept-images-idx3-ubyte"), labels = files.get("kept-labels-idx1-ubyte");
      assert.deepEqual([...labels], [0, 0, 8, 1, 0, 0, 0, 2, 3, 1]);
      assert.deepEqual([...images.subarray(0, 16)], [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 28, 0, 0, 0, 28]);
      assert.equal(images.length, 16 + 2 * 28 * 28);
      assert.ok(images.subarray(16).some((grey) => grey === 255));

      await draw(page, session, 7);
      assert.equal((await prediction(page)).digit, 7);
      await page.click("#kept-alone");
      await until(page, () => /2 of 2 are read now/.test(document.getElementById("kept-words").textContent));
      assert.equal((await prediction(page)).digit, 1);
      await until(page, () => /trained on your drawings/.test(document.getElementById("prediction").textContent));
    }));

  test("stay after the visit only when the learner agrees", () =>
    inPage({ hash: "#lang=en" }, async (page, session) => {
      const count = () => page.locator("#kept-list li").count();
      await keep(page, session, 2, 2);
      await page.reload();
      await page.evaluate(() => lab.ready);
      assert.equal(await count(), 0);
      await keep(page, session, 2, 2);
      await page.check("#kept-stay");
      await page.reload();
      await until(page, () => document.querySelectorAll("#kept-list li").length === 1);
      await page.uncheck("#kept-stay");
      await page.reload();
      await page.evaluate(() => lab.ready);
      assert.equal(await count(), 0);
    }));
});
