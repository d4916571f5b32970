// The look inside: the diagram and its table, feature maps, what the pixels did, and a network that is changed.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { dirname, resolve } from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { still, until } from "./support/browser.mjs";
import { DIGITS, drawWithMouse, fit } from "./support/draw.mjs";
import { pages, violations } from "./support/pages.mjs";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
const summary = () => JSON.parse(execFileSync(process.env.CNNLAB ?? resolve(root, "build/cnnlab"), ["summary", "--lesson", "inception", "--json"], { cwd: root }));

const inLab = pages({ hash: "#view=look&lang=en" });
const inPage = (options, work) =>
  inLab(options, async (page, session) => {
    await until(page, () => document.querySelectorAll("#layers tbody tr").length > 5);
    await work(page, session);
  });

const chosen = (page) => page.evaluate(() => lab.look.chosen());
const text = (page, id) => page.textContent(`#${id}`);
const block = async (page, id) => (await page.evaluate(() => lab.look.blocks())).find((one) => one.id === id);

/** A click on a block of the diagram: on its title, or on what opens it. Texts above it, which grow, have come to rest. */
async function click(page, id, { handle = false } = {}) {
  await counted(page);
  await until(page, () => lab.look.pixels().progress === 1);
  await page.evaluate(async (id) => {
    const { y } = lab.look.blocks().find((one) => one.id === id);
    const bench = document.getElementById("bench");
    const scroller = bench.scrollHeight > bench.clientHeight + 1 && getComputedStyle(bench).overflowY === "auto" ? bench : document.scrollingElement;
    scroller.scrollBy({ top: y - innerHeight / 2, behavior: "instant" });
  }, id);
  await still(page.locator("#lab"));
  const { x, y, width } = await block(page, id);
  await page.mouse.click(handle ? x + 15 : x + width - 12, y + 15);
}

/** The page's longest task in milliseconds of its thread's own time, whatever else the machine does meanwhile. */
function longestTask({ traceEvents }) {
  const main = traceEvents.filter(({ name, args }) => name === "thread_name" && args.name === "CrRendererMain").map(({ pid, tid }) => `${pid} ${tid}`);
  const tasks = traceEvents.filter(({ name, pid, tid, tdur }) => /RunTask/.test(name) && tdur && main.includes(`${pid} ${tid}`));
  return tasks.reduce((most, { tdur }) => Math.max(most, tdur / 1000), 0);
}

const counted = (page) =>
  until(page, () => document.getElementById("accuracy").textContent.match(/reads ([\d,]+) \([\d.]+%\)(?:; as trained it reads ([\d,]+))?/)?.slice(1, 3).map((number) => number && Number(number.replace(",", ""))));

describe("the network", () => {
  test("has the layers and numbers of `cnnlab summary`", () =>
    inPage({}, async (page) => {
      const { parts, parameters, multiply_adds } = await page.evaluate(() => lab.look.network());
      const expected = summary();
      assert.deepEqual([parameters, multiply_adds], [expected.parameters, expected.multiply_adds]);
      assert.deepEqual(
        parts.filter(({ holds }) => holds === 0).map(({ path, op, output, parameters, multiply_adds }) => ({ path, op, output, parameters, multiply_adds })),
        expected.layers.map(({ path, op, output, parameters, multiply_adds }) => ({ path, op, output, parameters, multiply_adds })),
      );
      const [, , sumParameters, sumCost, share] = await page.locator("#layers tfoot tr > *").allTextContents();
      assert.deepEqual([sumParameters, sumCost, share], [expected.parameters.toLocaleString("en-US"), expected.multiply_adds.toLocaleString("en-US"), "100.0%"]);
    }));

  test("opens and closes, and a block is chosen, by pointer", () =>
    inPage({}, async (page) => {
      const closed = await page.locator("#layers tbody tr").count();
      assert.equal(await block(page, "incept1.cat"), undefined);
      await click(page, "incept1", { handle: true });
      await until(page, () => lab.look.blocks().some(({ id }) => id === "incept1.cat"));
      assert.equal(await page.locator("#layers tbody tr").count(), closed + 9);
      await click(page, "incept1.branch5x5_2");
      await until(page, () => lab.look.chosen()?.id === "incept1.branch5x5_2");
      assert.match(await text(page, "look-chosen"), /incept1\.branch5x5_2, conv2d: output \(1, 24, 12, 12\)/);
      await until(page, () => location.hash.includes("layer=incept1.branch5x5_2") && location.hash.includes("open=incept1"));
      await click(page, "incept1", { handle: true });
      await until(page, () => !lab.look.blocks().some(({ id }) => id === "incept1.cat"));
      await page.goBack(); // open again
      await until(page, () => lab.look.blocks().some(({ id }) => id === "incept1.cat"));
    }));

  test("opens and closes, and a block is chosen, by keyboard", () =>
    inPage({}, async (page) => {
      await page.focus('[data-control="open incept2"]');
      await page.keyboard.press("Enter");
      await until(page, () => lab.look.blocks().some(({ id }) => id === "incept2.cat"));
      assert.equal(await page.evaluate(() => document.activeElement.getAttribute("aria-expanded")), "true"); // the focus stayed
      await page.keyboard.press("Tab");
      await page.keyboard.press("Tab");
      await page.keyboard.press("Space");
      await until(page, () => lab.look.chosen()?.id === "incept2.branch1x1");
      assert.equal(await page.getAttribute('[data-control="choose incept2.branch1x1"]', "aria-pressed"), "true");
    }));

  test("branches stand side by side below their module's title, in their order, and never overlap", () =>
    inPage({ hash: "#view=look&open=incept1,incept2" }, async (page) => {
      for (const width of [360, 768, 1440]) {
        await page.setViewportSize({ width, height: 800 });
        await until(page, (width) => innerWidth === width, width);
        await still(page.locator("#lab")); // it is laid out within a frame
        const blocks = await page.evaluate(() => lab.look.blocks());
        const of = (id) => blocks.find((one) => one.id === id);
        const heads = ["branch1x1", "branch5x5_1", "branch3x3_1", "avg_pool2d"].map((name) => of(`incept1.${name}`));
        assert.equal(new Set(heads.map(({ y }) => y)).size, 1);
        assert.ok(heads.every(({ x, width }, i) => i === 0 || x >= heads[i - 1].x + heads[i - 1].width));
        assert.ok(of("incept1.cat").width > 3 * heads[0].width, "what joins the branches lies below all of them");
        for (const a of blocks)
          for (const b of blocks) {
            const nested = a.id.startsWith(b.id) || b.id.startsWith(a.id);
            const apart = a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
            assert.ok(nested || apart, `${a.id} lies over ${b.id} at ${width} px`);
          }
      }
    }));
});

describe("what came out of a block", () => {
  test("is what the trace recorded", () =>
    inPage({ hash: "#view=look&layer=incept1.branch5x5_2&image=3&lang=en" }, async (page) => {
      const { values, channels, weight } = await chosen(page);
      const step = await page.evaluate(() => {
        const names = Array.from({ length: lab.trace.length }, (_, i) => (lab.trace.go(i), lab.trace.state()));
        return names.find(({ phase, name }) => phase === "forward" && name === "incept1.branch5x5_2");
      });
      assert.deepEqual([values.minimum, values.maximum], [step.minimum, step.maximum]);
      assert.ok(Math.abs(values.mean - step.mean) < 1e-5);
      assert.equal(values.histogram.reduce((a, b) => a + b), 24 * 12 * 12);
      assert.equal(channels.length, 24);
      assert.equal(Math.max(...channels.map(({ maximum }) => maximum)), values.maximum);
      assert.deepEqual(weight.shape, [24, 16, 5, 5]);
      await page.click("#tab-look");
      await page.click("#channels summary");
      await until(page, () => document.querySelectorAll("#channels tbody tr").length === 24);
    }));

  test("follows the image", () =>
    inPage({ hash: "#view=look&layer=conv1&lang=en" }, async (page) => {
      const { values } = await chosen(page);
      await page.fill("#image", "17");
      await page.press("#image", "Enter");
      await until(page, (before) => lab.look.chosen().values.mean !== before, values.mean);
    }));
});

describe("what the pixels did", () => {
  const done = (page, label) => until(page, (label) => {
    const pixels = lab.look.pixels();
    return pixels.progress === 1 && pixels.label === label && pixels;
  }, label);

  test("by gradient and by covering, for any class, on the drawn digit; no task is long", () =>
    inPage({}, async (page, session) => {
      await drawWithMouse(session, fit(DIGITS[7], await page.evaluate(() => lab.drawPad())));
      await page.click("#tab-look");
      await page.check('input[name="image"][value="drawing"]');
      const gradient = await done(page, 7);
      assert.equal(gradient.method, "gradient");
      assert.equal(gradient.map.length, 784);
      await until(page, () => /answer 7.*orange pixels raise/.test(document.getElementById("look-pixels").textContent));
      const browser = page.context().browser();
      await browser.startTracing(page, { categories: ["-*", "disabled-by-default-devtools.timeline"] });
      await page.check('input[name="method"][value="occlusion"]');
      const covered = await done(page, 7);
      assert.ok(covered.most_for.value > 0 && covered.most_for.value > -covered.most_against.value, "covering a clear 7 makes it less of a 7");
      const longest = longestTask(JSON.parse(String(await browser.stopTracing())));
      assert.ok(longest > 5 && longest < 50, `a task took ${longest} ms`);
      await page.selectOption("#answer", "1");
      await done(page, 1);
      await until(page, () => /answer 1/.test(document.getElementById("look-pixels").textContent));
      await until(page, () => /answer=1/.test(location.hash) && /method=occlusion/.test(location.hash));
    }));
});

describe("a changed network", () => {
  test("reads less without a branch, says so, and comes back exactly", () =>
    inPage({ hash: "#view=look&layer=incept1.branch5x5_2&open=incept1&lang=en" }, async (page) => {
      const weights = await page.evaluate(() => lab.weights().join());
      const [trained] = await counted(page);
      assert.ok(trained > 900, `${trained} of 1,000`);
      const before = await chosen(page);
      await page.check('input[name="cut"][value="off"]');
      await until(page, () => / as trained it reads/.test(document.getElementById("accuracy").textContent));
      const [without, asTrained] = await counted(page);
      assert.equal(asTrained, trained);
      assert.ok(without < trained, `${without} without the branch, ${trained} with it`);
      await until(page, () => /incept1\.branch5x5_2 is switched off\. The image is (now )?read as/.test(document.getElementById("cuts-words").textContent));
      const { values } = await chosen(page);
      assert.equal(values.zeros, values.count);
      assert.equal(await page.evaluate(() => lab.weights().join()), weights, "what is saved is what was trained");

      await page.click('[data-control="choose conv2"]');
      await page.check('input[name="cut"][value="fresh"]');
      await until(page, () => /branch5x5_2 is switched off, conv2 is untrained/.test(document.getElementById("cuts-words").textContent));
      await until(page, (without) => Number(document.getElementById("accuracy").textContent.match(/changed network reads (\d+)/)?.[1]) < without, without);

      await page.click("#tab-draw"); // the network is changed there too, and it is said
      assert.ok(await page.locator("#cuts").isVisible());
      await page.click("#as-trained");
      await until(page, () => document.getElementById("cuts").hidden);
      await page.click("#tab-look");
      await until(page, () => /^Of 1,000 test images the network reads/.test(document.getElementById("accuracy").textContent));
      assert.equal((await counted(page))[0], trained);
      await page.click('[data-control="choose incept1.branch5x5_2"]');
      assert.deepEqual(await chosen(page), before);
    }));

  test("a 1x1 bottleneck can pass its input through, what has no parameters cannot forget", () =>
    inPage({ hash: "#view=look&layer=incept2.branch5x5_1&open=incept2&lang=en" }, async (page) => {
      assert.equal(await page.locator('input[name="cut"][value="pass"]').isDisabled(), false);
      await page.check('input[name="cut"][value="pass"]');
      await until(page, () => /passes its input through/.test(document.getElementById("cuts-words").textContent));
      await page.click('[data-control="choose incept2.cat"]');
      assert.equal(await page.locator('input[name="cut"][value="off"]').isDisabled(), true);
      await page.click('[data-control="choose conv1"]');
      assert.equal(await page.locator('input[name="cut"][value="pass"]').isDisabled(), true);
    }));

  test("a path that is not there is said, and nothing is changed", () =>
    inPage({ hash: "#view=look&cut=nowhere&lang=en" }, async (page) => {
      await until(page, () => /no part "nowhere"/.test(document.getElementById("cuts-words").textContent));
      assert.ok((await counted(page))[0] > 900);
    }));
});

describe("the look inside", () => {
  test("is what the address says", () =>
    inPage({ hash: "#lesson=inception&view=look&layer=incept2&open=incept1&cut=incept1.branch1x1&method=occlusion&answer=4&image=5&lang=ko" }, async (page) => {
      await until(page, () => /incept1\.branch1x1\(꺼짐\)/.test(document.getElementById("cuts-words").textContent));
      assert.equal((await chosen(page)).id, "incept2");
      assert.ok(await block(page, "incept1.branch_pool"));
      assert.equal(await page.isChecked('input[name="method"][value="occlusion"]'), true);
      await until(page, () => lab.look.pixels().label === 4 && lab.look.pixels().progress === 1);
      await until(page, () => document.getElementById("answer").value === "4");
      await page.click("#language"); // writes the address anew
      await until(page, () => {
        const said = new URLSearchParams(location.hash.slice(1));
        const wanted = { view: "look", layer: "incept2", open: "incept1", cut: "incept1.branch1x1", method: "occlusion", answer: "4", image: "5", lang: "en" };
        return Object.entries(wanted).every(([name, value]) => said.get(name) === value);
      });
    }));

  for (const width of [360, 768, 1440])
    for (const lang of ["en", "ko"])
      for (const colorScheme of ["light", "dark"])
        test(`fits and is accessible: ${width} px, ${lang}, ${colorScheme}`, () =>
          inPage({ viewport: { width, height: 800 }, colorScheme, hash: `#view=look&open=incept1&layer=incept1.cat&cut=incept1.branch1x1&lang=${lang}` }, async (page) => {
            await until(page, () => /1,000/.test(document.getElementById("accuracy").textContent));
            const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
            assert.ok(wide <= 0, `${wide} px too wide`);
            assert.deepEqual(await violations(page), []);
          }));
});
