// What guides a reader: questions whose answers are checked, and links from the prose that set the lab; and what it weighs.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { measure } from "../../web/build/sizes.mjs";
import { PAGE, until } from "./support/browser.mjs";
import { pages } from "./support/pages.mjs";

const inPage = pages();

describe("questions", () => {
  const WORDS = { en: { right: /^Right\./, wrong: /^Not yet\./, none: /Type a number/ }, ko: { right: /^맞았어요\./, wrong: /^아직 아니에요\./, none: /숫자를/ } };
  for (const [lang, words] of Object.entries(WORDS)) {
    test(`answers are checked and explained, without WebAssembly too: ${lang}`, () =>
      inPage({ hash: `#lang=${lang}`, ready: false, init: () => delete globalThis.WebAssembly, viewport: { width: 360, height: 740 } }, async (page) => {
        const questions = page.locator("article:visible .question");
        assert.ok((await questions.count()) >= 4);
        for (let index = 0; index < (await questions.count()); ++index) {
          const question = questions.nth(index);
          await question.scrollIntoViewIfNeeded();
          const field = question.getByRole("textbox");
          const answer = async (text) => {
            await field.fill(text);
            await field.press("Enter");
            return question.getByRole("status").textContent();
          };
          assert.match(await answer(""), words.none);
          const known = await question.locator("[data-answer]").evaluateAll((all) => all.map(({ dataset }) => ({ value: dataset.answer, right: "right" in dataset })));
          const said = new Set();
          for (const { value, right } of known) {
            const text = await answer(value || "123456789");
            assert.match(text, right ? words.right : words.wrong);
            assert.equal(await field.getAttribute("aria-invalid"), String(!right));
            said.add(text);
          }
          assert.equal(said.size, known.length, "each answer has its own explanation");
        }
      }));
  }

  test("numbers may be written with separators and more decimals, and rounded answers are right", () =>
    inPage({ hash: "#lang=en", ready: false }, async (page) => {
      const answer = async (right, text) => {
        const question = page.locator("article:visible .question").filter({ has: page.locator(`[data-right][data-answer="${right}"]`) });
        await question.scrollIntoViewIfNeeded();
        await question.getByRole("textbox").fill(text);
        await question.getByRole("button").click();
        return question.getByRole("status").textContent();
      };
      assert.match(await answer("4800", " 4,800"), /^Right/);
      assert.match(await answer("4800", "4801"), /^Not yet/);
      assert.match(await answer("1.39", "1.3863"), /^Right/);
      assert.match(await answer("1.39", "1.4"), /^Not yet/);
    }));

  test("their answers are there without scripts", () =>
    inPage({ ready: false, javaScriptEnabled: false }, async (page) => {
      assert.ok((await page.locator("article:visible .question [data-right]:visible").count()) >= 8);
      assert.equal(await page.locator(".question input:visible").count(), 0);
    }));
});

describe("links that set the lab", () => {
  test("lead to the steps that the text speaks of", () =>
    inPage({ hash: "#lang=en" }, async (page) => {
      await until(page, () => lab.trace.length > 40);
      const ops = [];
      for (const link of await page.locator('article:visible .lab-link[href*="view=step"]').all()) {
        const step = Number(new URLSearchParams((await link.getAttribute("href")).slice(1)).get("step"));
        await link.click();
        await until(page, (step) => lab.trace.state().index === step, step);
        const { op, path } = await page.evaluate(() => lab.trace.state());
        ops.push(`${op} ${path}`.trim());
      }
      assert.deepEqual(ops.slice(0, 2), ["conv2d incept1.branch1x1", "cat incept1"]);
      assert.equal(ops.at(-1), "nll_loss");
    }));

  test("a digit in a corner shows what preparation is for", () =>
    inPage({ hash: "#lang=en" }, async (page) => {
      const [prepared, raw] = await page.locator('article:visible .lab-link[href*="drawing="]').all();
      await prepared.click();
      await until(page, () => lab.prediction()?.digit === 7);
      await raw.click();
      await until(page, () => lab.prediction().digit !== 7);
      await until(page, () => /^Switched off\. With it: read as 7/.test(document.getElementById("why-crop").textContent));
    }));
});

test("without data the page weighs less than 1 MB, compressed", () => {
  const { total, limit } = measure(PAGE);
  assert.equal(limit, 1_000_000);
  assert.ok(total <= limit, `${total} bytes`);
});
