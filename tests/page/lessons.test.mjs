// What comes with several lessons: the way from one to another, their networks' options, and what their prose can do.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { until } from "./support/browser.mjs";
import { arrived, lessons } from "./support/lessons.mjs";
import { pages, violations } from "./support/pages.mjs";

const factsOf = (wanted) => lessons.find(({ id }) => id === wanted).facts;

const inPage = pages();
const trace = (page) => page.evaluate(() => lab.trace.length);

describe("the lessons", () => {
  for (const width of [360, 1440]) {
    test(`are reached from their list, which fits at ${width} px`, () =>
      inPage({ viewport: { width, height: 800 } }, async (page) => {
        assert.deepEqual(await page.locator("#lessons a").allInnerTexts(), lessons.map(({ title_en }, index) => `${index + 1}. ${title_en}`));
        await page.click("#lessons a >> nth=2");
        await arrived(page, "deeper");
        assert.match(await page.evaluate(() => location.hash), /lesson=deeper/);
        assert.equal(await page.locator("#lessons [aria-current]").innerText(), "3. Deeper");
        const top = () => document.querySelector("article:not([hidden]) h1").getBoundingClientRect().top;
        await until(page, `(${top})() >= 0 && (${top})() < innerHeight`);
        assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
        await page.goBack();
        await arrived(page, "inception");
      }));
  }

  test("link to each other", () =>
    inPage({ hash: "#lesson=one_by_one", ready: false }, async (page) => {
      await page.click('article:visible a[data-lesson="inception"] >> nth=0');
      await arrived(page, "inception");
    }));

  test("have the same sections in both languages, formulas, figures, and no number left out; together they double no id", () =>
    inPage({ ready: false }, async (page) => {
      for (const { id } of lessons) {
        await page.click(`#lessons a[data-lesson="${id}"]`);
        await arrived(page, id);
        const [en, ko] = await page.locator(`article[data-lesson="${id}"]`).evaluateAll((articles) =>
          articles.map((article) => ({
            ids: [...article.querySelectorAll("h2")].map((heading) => heading.id || heading.dataset.id),
            links: [...article.querySelectorAll(".lab-link")].map((link) => link.getAttribute("href")).sort(),
            formulas: article.querySelectorAll(".katex").length,
            figures: article.querySelectorAll(".figure svg").length,
            text: article.textContent,
          })),
        );
        assert.ok(en.ids.length >= 5, id);
        for (const part of ["ids", "links", "figures"]) assert.deepEqual(en[part], ko[part], `${id}: ${part}`);
        for (const { text, formulas } of [en, ko]) {
          assert.ok(formulas > 0, id);
          assert.doesNotMatch(text, /\{\{[a-z_]+\}\}|\{#[a-z]|undefined/);
        }
      }
      const doubled = await page.evaluate(() => {
        const ids = [...document.querySelectorAll("[id]")].map(({ id }) => id);
        return ids.filter((id, index) => ids.indexOf(id) !== index);
      });
      assert.deepEqual(doubled, []);
    }));

  test("show formulas in the fonts that come with the page alone", () =>
    inPage({ ready: false }, async (page, session) => {
      await session.send("DOM.enable");
      await session.send("CSS.enable");
      const fonts = new Set();
      for (const { id } of lessons) {
        await page.click(`#lessons a[data-lesson="${id}"]`);
        await arrived(page, id);
        await page.evaluate(() => document.fonts.ready);
        const { root } = await session.send("DOM.getDocument");
        const { nodeIds } = await session.send("DOM.querySelectorAll", { nodeId: root.nodeId, selector: "article:not([hidden]) .katex-html span" });
        assert.ok(nodeIds.length > 50, id);
        for (const { fonts: used } of await Promise.all(nodeIds.map((nodeId) => session.send("CSS.getPlatformFontsForNode", { nodeId })))) {
          for (const { familyName, isCustomFont } of used) fonts.add(isCustomFont ? familyName : `${familyName}, of ${id}, which this machine happens to have`);
        }
      }
      assert.deepEqual([...fonts].sort(), ["KaTeX_Main", "KaTeX_Math", "KaTeX_Size2", "KaTeX_Size3"]);
    }));

  test("that cannot be fetched are said to be, and the open one stays", () =>
    inPage({ ready: false }, async (page) => {
      await page.route("**/deeper.html", (route) => route.fulfill({ status: 503, body: "" }));
      await page.click('#lessons a[data-lesson="deeper"]');
      await until(page, () => /deeper\.html: 503/.test(document.getElementById("alerts").textContent));
      assert.equal(await page.locator("article:visible").getAttribute("data-lesson"), "inception");
      await page.unroute("**/deeper.html");
      await page.click('#lessons a[data-lesson="deeper"]');
      await arrived(page, "deeper");
      page.problems = page.problems.filter((problem) => !/503|deeper\.html/.test(problem));
    }));

  for (const { id: lesson } of lessons) {
    test(`every link of ${lesson} that sets the lab can be`, () =>
      inPage({ hash: `#lesson=${lesson}`, ready: false }, async (page) => {
        await arrived(page, lesson);
        const links = await page.locator("article:visible .lab-link").evaluateAll((all) => all.map((link) => link.getAttribute("href")));
        assert.ok(links.length > 0);
        // What cannot be is complained of, and each complaint stays: in the end there is the last one alone.
        for (const hash of [...new Set(links), "#lr=-1"]) {
          await page.evaluate((to) => new Promise((done) => {
            addEventListener("popstate", () => done(), { once: true });
            location.hash = to;
          }), hash);
        }
        assert.match(await page.textContent("#alerts"), /^[^:]*: lr=-1\.×$/);
      }));

    test(`what is looked at in ${lesson} is the network with its weights: it reads the first test image`, () =>
      inPage({ hash: `#lesson=${lesson}&view=look` }, async (page) => {
        const probabilities = await until(page, () => lab.look.pixels().probabilities);
        assert.ok(probabilities[7] > 0.9, String(probabilities));
      }));

    test(`axe finds nothing in lesson ${lesson}`, () =>
      inPage({ hash: `#lesson=${lesson}` }, async (page) => {
        assert.deepEqual(await violations(page), []);
      }));
  }
});

describe("a lesson's options", () => {
  test("are a form where there are some; a change makes the network anew, and Back undoes it", () =>
    inPage({ hash: "#lesson=one_by_one" }, async (page) => {
      assert.deepEqual(await page.locator("#options select").evaluateAll((all) => all.map(({ name, value }) => [name, value])), [["bottleneck", "1"], ["width", "8"]]);
      await until(page, () => /draw a digit/.test(document.getElementById("prediction").textContent));
      const long = await trace(page);
      await page.selectOption('#options select[name="bottleneck"]', "0");
      await until(page, () => location.hash.includes("options=bottleneck:0"));
      await until(page, (length) => lab.trace.length !== 0 && lab.trace.length < length, long);
      await page.click("#language");
      assert.equal(await page.inputValue('#options select[name="bottleneck"]'), "0");
      await page.goBack();
      await until(page, () => document.querySelector('#options select[name="bottleneck"]').value === "1");
      await until(page, (length) => lab.trace.length === length, long);
      await page.click('#lessons a[data-lesson="inception"]');
      await until(page, () => document.getElementById("options").hidden);
    }));

  test("come from the address, and what cannot be is said", () =>
    inPage({ hash: "#lesson=deeper&options=modules:2" }, async (page) => {
      assert.equal(await page.inputValue('#options select[name="modules"]'), "2");
      const two = await trace(page);
      await page.evaluate(() => (location.hash = "#lesson=deeper&options=modules:4&view=step"));
      await until(page, (length) => lab.trace.length > length, two);
      for (const wrong of ["modules:9", "modules:x", "depth:3", "modules"]) {
        await page.evaluate((options) => (location.hash = `#lesson=deeper&options=${options}`), wrong);
        await until(page, (options) => document.getElementById("alerts").textContent.includes(`options=${options}`), wrong);
      }
    }));

  test("can be given to a training run from the console", () =>
    inPage({}, async (page) => {
      await page.evaluate(() => lab.train.step({ lesson: "one_by_one", options: { width: 3 }, batch: 8 }));
      const status = await page.evaluate(() => lab.train.status());
      assert.deepEqual([status.lesson, status.step, status.state], ["one_by_one", 1, "paused"]);
      const weights = await page.evaluate(() => new TextDecoder().decode(lab.weights().slice(8, 400)));
      assert.match(weights, /width\\":3/);
      assert.equal(await page.inputValue('#options select[name="width"]'), "3");
      for (const settings of [{ options: { width: 99 } }, { options: { depth: 3 } }, { lesson: "nothing" }]) {
        await assert.rejects(page.evaluate((wrong) => lab.train.step(wrong), settings), /cannot be/);
      }
    }));
});

describe("the calculator", () => {
  const fill = async (page, values) => {
    await page.locator("article:visible .calculator").scrollIntoViewIfNeeded();
    for (const [name, value] of Object.entries(values)) await page.fill(`article:visible .calculator input[name="${name}"]`, String(value));
  };
  const said = (page) => page.textContent('article:visible .calculator [role="status"]');
  const numbers = async (page) => (await page.locator("article:visible .calculator tbody td").allTextContents()).map((text) => Number(text.replaceAll(",", "")));

  test("gives the library's numbers", () =>
    inPage({ hash: "#lesson=one_by_one&lang=en", ready: false }, async (page) => {
      const facts = factsOf("one_by_one");
      const value = (name) => facts[name].value;
      for (const width of [32, 16, 1]) {
        await fill(page, { width });
        assert.deepEqual(await numbers(page), [value("direct_weights"), value("direct_mults"), value(`detour${width}_weights`), value(`detour${width}_mults`)]);
        assert.ok((await said(page)).includes(`${value(`detour${width}_ratio`).toFixed(1)} times fewer multiplications`));
        assert.ok((await said(page)).includes(`Up to ${value("widest")} channels`));
      }
      await fill(page, { kernel: 3, out: 128, width: 96 });
      assert.ok((await said(page)).includes(`Up to ${value("conv3x3_widest")} channels`));
      // The middle of the lesson's two nets.
      await fill(page, { kernel: 5, in: 32, out: 32, width: value("width"), side: value("map_side") });
      assert.deepEqual((await numbers(page)).filter((_, index) => index % 2 === 1), [value("direct_conv2_mults"), value("reduce_mults") + value("bottleneck_conv2_mults")]);
    }));

  test("says when the detour is longer, and what cannot be, in both languages", () =>
    inPage({ hash: "#lesson=one_by_one&lang=en", ready: false }, async (page) => {
      await fill(page, { width: 200 });
      assert.match(await said(page), /1\.3 times as many multiplications/);
      for (const wrong of ["", "0", "16", "2.5", "x", "1e9"]) {
        await fill(page, { kernel: wrong });
        assert.equal(await said(page), "Kernel size must be a whole number from 1 to 15.");
        assert.equal(await page.getAttribute('article:visible .calculator input[name="kernel"]', "aria-invalid"), "true");
      }
      await page.click("#language");
      assert.match(await said(page), /분의 1로 줄어요/);
      await fill(page, { side: 4096 });
      assert.equal(await said(page), "맵의 한 변에는 1부터 1024까지의 정수를 넣어 주세요.");
    }));
});
