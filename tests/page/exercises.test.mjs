// The homework in the prose: shapes to fill in and lines to put in order, checked and explained, by keyboard, pointer and finger.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { still, until } from "./support/browser.mjs";
import { arrived, lessons } from "./support/lessons.mjs";
import { pages, tooSmall, violations } from "./support/pages.mjs";

const inPage = pages();
const bare = { ready: false, init: () => delete globalThis.WebAssembly };
const WORDS = { en: { right: /^Right\./, wrong: /^Not yet\./, whole: /whole numbers/ }, ko: { right: /^맞았어요\./, wrong: /^아직 아니에요\./, whole: /정수를/ } };
const WITH = ["deeper", "residual", "dense"];

/** The exercises of one kind in the shown lesson, each brought near. */
async function exercises(page, kind) {
  const found = await page.locator(`article:visible .exercise.${kind}`).all();
  assert.ok(found.length > 0, kind);
  return found;
}

async function near(form) {
  await form.scrollIntoViewIfNeeded();
  await form.locator("input, .drag").first().waitFor();
}

const verdict = (form) => form.getByRole("status").textContent();
const check = async (form) => {
  await form.locator("button[type=submit]").click();
  return verdict(form);
};

/** The lines as they stand: their places in the right program, -1 for wrong ones, and "bar". */
const standing = (form) => form.locator(".lines > li").evaluateAll((items) => items.map(({ dataset }) => (dataset.place === undefined ? "bar" : Number(dataset.place))));

/** Puts all lines in order by a way of moving the line at `from` to `to`. */
async function solve(form, move) {
  const right = (await standing(form)).filter((place) => place >= 0).length;
  for (let place = 0; place < right; ++place) await move((await standing(form)).indexOf(place), place);
  for (let wrong = (await standing(form)).slice(0, -1).indexOf(-1); wrong >= 0 && wrong < (await standing(form)).indexOf("bar"); wrong = (await standing(form)).indexOf(-1))
    await move(wrong, (await standing(form)).length - 1);
}

for (const lesson of WITH) {
  for (const [lang, words] of Object.entries(WORDS)) {
    describe(`the homework of ${lesson}, ${lang}`, () => {
      test("every known wrong shape has its own explanation, and the right ones are right", () =>
        inPage({ ...bare, hash: `#lesson=${lesson}&lang=${lang}`, viewport: { width: 360, height: 740 } }, async (page) => {
          await arrived(page, lesson);
          for (const form of await exercises(page, "shapes")) {
            await near(form);
            const items = await form.locator(".walk > li").all();
            const fill = async (item, sizes) => {
              for (const [axis, size] of sizes.entries()) await item.locator("input").nth(axis).fill(size);
            };
            for (const item of items) {
              const known = await item.locator("[data-answer]").evaluateAll((all) => all.map(({ dataset }) => ({ value: dataset.answer, right: "right" in dataset })));
              const said = new Set();
              for (const { value, right } of known) {
                await fill(item, value ? value.replaceAll("_", "7").split(",") : ["1", "2", "3"]);
                await item.locator("input").last().press("Enter");
                assert.equal(await item.getAttribute("data-state"), right ? "right" : "wrong");
                assert.equal(await item.locator('[aria-invalid="true"]').count() === 0, right);
                said.add(await item.locator(".said").textContent());
              }
              assert.equal(said.size, known.length);
              await fill(item, ["", "x", ""]);
              assert.match(await check(form).then(() => item.locator(".said").textContent()), words.whole);
            }
            assert.match(await verdict(form), words.wrong);
            for (const item of items) await fill(item, (await item.locator("[data-right]").getAttribute("data-answer")).split(","));
            assert.match(await check(form), words.right);
          }
        }));

      test("lines are put in order by keyboard alone; every wrong line has its own explanation", () =>
        inPage({ ...bare, hash: `#lesson=${lesson}&lang=${lang}`, viewport: { width: 360, height: 740 } }, async (page) => {
          await arrived(page, lesson);
          for (const form of await exercises(page, "order")) {
            await near(form);
            const move = async (from, to) => {
              await form.locator(".lines > li").nth(from).locator(".drag").focus();
              for (let at = from; at !== to; at += Math.sign(to - from)) await page.keyboard.press(to < from ? "ArrowUp" : "ArrowDown");
            };
            const said = new Set();
            const wrongs = await form.locator('[data-place="-1"] .code').allTextContents();
            for (const code of wrongs) {
              const codes = await form.locator(".lines > li").evaluateAll((items) => items.map((item) => item.querySelector(".code")?.textContent));
              await move(codes.indexOf(code), 0);
              const text = await check(form);
              assert.match(text, words.wrong);
              assert.ok(text.includes(code.trim()));
              assert.equal(await form.locator(".lines > li").first().getAttribute("data-state"), "wrong");
              said.add(text.split(code.trim())[1]);
            }
            assert.ok(wrongs.length >= 3);
            assert.equal(said.size, wrongs.length);
            await solve(form, move);
            assert.match(await check(form), words.right);
            await move(0, 1);
            assert.match(await check(form), words.wrong);
          }
        }));
    });
  }
}

describe("lines are put in order", () => {
  const inOrder = (options, work) =>
    inPage({ ...bare, hash: "#lesson=residual&lang=en", ...options }, async (page, session) => {
      await arrived(page, "residual");
      const [form] = await exercises(page, "order");
      await near(form);
      await form.evaluate((element) => element.scrollIntoView({ block: "center" }));
      await still(form);
      await work(page, form, session);
      assert.match(await check(form), WORDS.en.right);
    });
  // Where a line is taken, and a place past the middle of the one that it shall replace.
  const way = async (form, from, to) => {
    const grip = await form.locator(".lines > li").nth(from).locator(".drag").boundingBox();
    const goal = await form.locator(".lines > li").nth(to).boundingBox();
    return [{ x: grip.x + grip.width / 2, y: grip.y + grip.height / 2 }, { x: grip.x + 5, y: to < from ? goal.y + 2 : goal.y + goal.height - 2 }];
  };

  test("by their buttons", () =>
    inOrder({}, (page, form) =>
      solve(form, async (from, to) => {
        const item = await form.locator(".lines > li").nth(from).elementHandle();
        for (let at = from; at !== to; at += Math.sign(to - from)) await (await item.$(to < from ? ".up" : ".down")).click();
      }),
    ));

  test("by dragging with the mouse", () =>
    inOrder({}, (page, form) =>
      solve(form, async (from, to) => {
        if (from === to) return;
        const [start, end] = await way(form, from, to);
        await page.mouse.move(start.x, start.y);
        await page.mouse.down();
        await page.mouse.move(end.x, end.y, { steps: 8 });
        await page.mouse.up();
      }),
    ));

  test("by a finger, which does not scroll the page", () =>
    inOrder({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }, async (page, form, session) => {
      const scrolled = await page.evaluate(() => scrollY);
      await solve(form, async (from, to) => {
        if (from === to) return;
        const [start, end] = await way(form, from, to);
        const touch = (type, points) => session.send("Input.dispatchTouchEvent", { type, touchPoints: points });
        await touch("touchStart", [start]);
        for (let i = 1; i <= 8; ++i) await touch("touchMove", [{ x: start.x, y: start.y + ((end.y - start.y) * i) / 8 }]);
        await touch("touchEnd", []);
      });
      assert.equal(await page.evaluate(() => scrollY), scrolled);
    }));
});

test("what was filled in and ordered stays when the language changes, and the verdict with it", () =>
  inPage({ ...bare, hash: "#lesson=residual&lang=en" }, async (page) => {
    await arrived(page, "residual");
    const [shapes] = await exercises(page, "shapes");
    await near(shapes);
    await shapes.locator("input").first().fill("16");
    assert.match(await check(shapes), /^Not yet\. 0 of 3/);
    const [lines] = await exercises(page, "order");
    await near(lines);
    await lines.locator(".down").first().click();
    const order = await standing(lines);
    await page.click("#language");
    await until(page, () => document.documentElement.lang === "ko");
    const [korean] = await exercises(page, "shapes");
    await near(korean);
    assert.equal(await korean.locator("input").first().inputValue(), "16");
    assert.match(await verdict(korean), /^아직 아니에요\. 모양 3개 중 0개/);
    const [linesToo] = await exercises(page, "order");
    await near(linesToo);
    assert.deepEqual(await standing(linesToo), order);
    await korean.locator("input").first().fill("32");
    await page.click("#language");
    assert.equal(await shapes.locator("input").first().inputValue(), "32");
  }));

for (const [width, lang, colorScheme] of [[360, "ko", "dark"], [390, "en", "light"], [820, "ko", "light"], [1440, "en", "dark"]]) {
  test(`exercises fit ${width} px, can be hit by a finger, and axe finds nothing: ${lang}, ${colorScheme}`, () =>
    inPage({ ...bare, hash: `#lesson=deeper&lang=${lang}`, viewport: { width, height: 800 }, colorScheme }, async (page) => {
      await arrived(page, "deeper");
      for (const form of await page.locator("article:visible .exercise").all()) {
        await near(form);
        await check(form);
        const wide = await form.evaluate((element) => [...element.querySelectorAll("*")].filter((part) => part.checkVisibility() && part.getBoundingClientRect().right > element.getBoundingClientRect().right + 1).map(({ outerHTML }) => outerHTML.slice(0, 80)));
        assert.deepEqual(wide, []);
      }
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
      assert.deepEqual(await tooSmall(page, "article:not([hidden]) .exercise"), []);
      assert.deepEqual(await violations(page, "article:not([hidden]) .exercise.order"), []);
      assert.deepEqual(await violations(page, "article:not([hidden]) .exercise.shapes"), []);
    }));
}

test("without scripts the right answers stand there", () =>
  inPage({ ready: false, javaScriptEnabled: false }, async (page) => {
    for (const lesson of WITH) {
      await page.click(`#lessons a[data-lesson="${lesson}"]`);
      const forms = await page.locator('article[lang="en"] .exercise').all();
      for (const form of forms) {
        assert.ok((await form.locator("[data-right]:visible").count()) >= 1);
        assert.equal(await form.locator("button:visible, input:visible").count(), 0);
      }
      assert.ok(forms.length >= 2);
    }
  }));

test("the shapes are those that the library computes", () =>
  inPage({ ...bare, hash: "#lesson=residual&lang=en" }, async (page) => {
    await arrived(page, "residual");
    const { facts } = lessons.find(({ id }) => id === "residual");
    const said = await page.locator("article:visible .shapes [data-right]").evaluateAll((all) => all.map(({ dataset }) => dataset.answer));
    const of = (part) => [`${part}_channels`, `${part}_side`, `${part}_side`].map((name) => facts[`homework_${name}`].value).join(",");
    assert.deepEqual(said, ["layer2_0_conv1", "layer2_0_conv2", "layer2_0_shortcut", "conv1", "layer1", "layer2", "layer3"].map(of));
  }));
