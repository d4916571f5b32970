// The race: several networks in one worker, on the same batches, each as it would be alone; and recorded races beside it.
import assert from "node:assert/strict";
import { resolve } from "node:path";
import { describe, test } from "node:test";
import { readRuns } from "../../web/build/runs.mjs";
import { until } from "./support/browser.mjs";
import { arrived } from "./support/lessons.mjs";
import { pages, tooSmall, violations } from "./support/pages.mjs";

const inPage = pages();
const runs = readRuns(resolve(import.meta.dirname ?? new URL(".", import.meta.url).pathname, "../.."));
const recorded = runs.get("one_by_one");
const withNorms = [...runs.values()].find(({ nets }) => nets.every(({ events }) => events.some(({ event }) => event === "norms")));
const PAIR = "residual-depth:8-width:4-shortcut:0,residual-depth:8-width:4";
const hash = (race, more = "") => `#view=train&lang=en&batch=16&seed=3&lr=0.05&race=${race}${more}`;
const race = (page) => page.evaluate(() => lab.race.status());

async function raceTo(page, step) {
  await page.click("#race-start");
  await until(page, (step) => lab.race.status().racers.every((racer) => racer.step >= step), step, 240_000);
  await page.click("#race-pause");
  await until(page, () => lab.race.status().state === "paused");
}

describe("the race", () => {
  test("a network in a race has the losses that it has alone, whoever runs beside it", () =>
    inPage({ hash: hash(PAIR) }, async (page) => {
      await raceTo(page, 60);
      const curve = (events) => events.filter(({ event, step }) => event === "step" && step <= 60).map(({ step, loss }) => [step, loss]);
      const status = await race(page);
      assert.deepEqual(status.racers.map(({ name }) => name), PAIR.split(","));
      assert.ok(Math.abs(status.racers[0].step - status.racers[1].step) <= 20, "side by side");
      const raced = await page.evaluate(() => lab.race.curves());
      await page.evaluate(() => lab.train.start({ lesson: "residual", options: { depth: 8, width: 4 } }));
      await until(page, () => lab.train.status().step >= 60, undefined, 240_000);
      await page.evaluate(() => lab.train.pause());
      const rows = (await page.evaluate(() => lab.train.csv())).split("\r\n").map((line) => line.split(","));
      const alone = rows.filter((row) => row[row.length - 5] === "step" && Number(row[row.length - 6]) <= 60).map((row) => [Number(row.at(-6)), Number(row.at(-4))]);
      assert.ok(alone.length >= 6);
      assert.deepEqual(curve(raced[1].events), alone);
      assert.notDeepEqual(curve(raced[0].events), alone);
    }));

  test("parameters, multiply-adds and memory are those of each network; the table sorts both ways, by keyboard too", () =>
    inPage({ hash: hash("inception,deeper-modules:2,deeper-modules:4") }, async (page) => {
      await raceTo(page, 20);
      const { racers } = await race(page);
      assert.deepEqual(racers.map(({ parameters }) => parameters), [97298, 97298, 224986]);
      assert.ok(racers[2].multiplyAdds > racers[1].multiplyAdds);
      assert.equal(racers[0].memory, racers[1].memory); // the same network
      // Weights, gradients and momentum of the further modules come on top, and what their ops keep of 16 images.
      assert.ok(racers[2].memory > racers[1].memory + 3 * 4 * (224986 - 97298), String(racers.map(({ memory }) => memory)));
      const cells = (column) => page.locator(`#race-table tbody tr > :nth-child(${column})`).allTextContents();
      assert.deepEqual(await cells(1), ["MainNet", "MainNet, 2 modules", "MainNet, 4 modules"]);
      for (const [at, column] of ["network", "accuracy", "loss", "parameters", "multiply-adds", "ms an image", "MB"].entries()) {
        const sort = page.locator("#race-table").getByRole("button", { name: column, exact: true });
        const heading = page.locator(`#race-table thead th:nth-child(${at + 1})`);
        await sort.click();
        const first = await heading.getAttribute("aria-sort");
        assert.equal(first, column === "accuracy" ? "descending" : "ascending");
        const one = await cells(at + 1);
        await sort.press("Enter");
        assert.notEqual(await heading.getAttribute("aria-sort"), first);
        const other = await cells(at + 1);
        assert.deepEqual([...one].reverse(), other, column);
        const number = (text) => Number(text.replace(/[,%]| \(.*/g, ""));
        if (at > 0) assert.deepEqual(other.map(number), [...other].map(number).sort((a, b) => (first === "ascending" ? b - a : a - b)), column);
        assert.equal(await page.locator("#race-table th[aria-sort]").count(), 1);
      }
    }));

  test("networks are chosen by name with a slider for the depth, by keyboard, in both languages, and stand in the address; pause, go on, clear", () =>
    inPage({ hash: "#view=train&lang=ko&batch=16", viewport: { width: 360, height: 740 }, colorScheme: "dark" }, async (page) => {
      await page.click("#race-panel > summary");
      assert.ok(await page.locator("#race-start").isDisabled());
      const names = await page.locator("#race-net option").allTextContents();
      for (const name of ["MainNet", "MainNet, 모듈 …개", "Plain-…", "ResNet-…", "DenseNet-…"]) assert.ok(names.includes(name), name);
      await page.selectOption("#race-net", "residual");
      assert.equal(await page.textContent("#race-add"), "ResNet-20 넣기");
      const depth = page.locator('#race-depth input[name="depth"]');
      await depth.focus();
      for (let i = 0; i < 2; ++i) await page.keyboard.press("ArrowLeft");
      assert.equal(await page.textContent("#race-add"), "ResNet-8 넣기");
      await page.locator("#race-add").press("Enter");
      await page.locator("#race-more > summary").press("Enter");
      await page.locator('#race-options input[name="shortcut"]').press("ArrowLeft");
      assert.equal(await page.textContent("#race-add"), "ResNet-8 (shortcut 0) 넣기");
      await page.locator("#race-add").press("Enter");
      await until(page, () => /race=residual-depth:8,residual-depth:8-shortcut:0(&|$)/.test(location.hash));
      assert.deepEqual((await page.locator("#race-list li").allTextContents()).map((text) => text.replace("×", "")), ["ResNet-8", "ResNet-8 (shortcut 0)"]);
      await page.click("#race-add");
      assert.match(await page.textContent("#race-words"), /이미 있는 신경망/);
      await raceTo(page, 20);
      const at = (await race(page)).racers[0].step;
      await page.click("#race-start");
      await until(page, (at) => lab.race.status().racers[0].step > at, at);
      for (const part of ["#race-panel", "#race-results"]) assert.deepEqual(await violations(page, part), []);
      assert.deepEqual(await tooSmall(page, "#race-panel"), []);
      assert.deepEqual(await tooSmall(page, "#race-results"), []);
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
      await page.click("#race-reset");
      assert.equal((await race(page)).state, "idle");
      await until(page, () => document.getElementById("race-results").hidden);
      await page.click("#race-list button >> nth=0");
      await until(page, () => /race=residual-depth:8-shortcut:0(&|$)/.test(location.hash));
    }));

  test("an address with a network or a recorded race that cannot be is said to be wrong", () =>
    inPage({ hash: "#view=train&lang=en&race=residual-depth:9&runs=nowhere", ready: false }, async (page) => {
      await until(page, () => /race=residual-depth:9, runs=nowhere/.test(document.getElementById("alerts").textContent));
      assert.equal(await page.locator("#alerts p").count(), 1);
    }));

  test("a link in the prose leads to the race that it names", () =>
    inPage({ hash: "#lesson=degradation&lang=en" }, async (page) => {
      await arrived(page, "degradation");
      await page.locator('article:visible a[href*="race="]').first().click();
      await until(page, () => document.querySelector("#race-panel[open]"));
      assert.deepEqual((await page.locator("#race-list li").allTextContents()).map((text) => text.replace("×", "")), ["Plain-8", "Plain-20", "Plain-32"]);
      await until(page, () => {
        const { top } = document.querySelector("#race-start").getBoundingClientRect();
        return top > 0 && top < innerHeight;
      });
      assert.ok(await page.locator("#race-start").isEnabled());
    }));
});

const WORDS = { en: { recorded: /^recorded, /, copied: "Copied.", of: " (recorded)" }, ko: { recorded: /^기록, /, copied: "복사했어요.", of: " (기록)" } };

describe("recorded races", () => {
  for (const [lang, words] of Object.entries(WORDS)) {
    test(`one click shows a recorded race beside one that is live, marked as recorded, with its command: ${lang}`, () =>
      inPage({ hash: `#view=train&lang=${lang}&batch=16&race=residual-depth:8-width:4`, viewport: { width: 390, height: 844 }, permissions: ["clipboard-read", "clipboard-write"] }, async (page) => {
        const box = page.locator(`#race-recorded-list input[value="${recorded.name}"]`);
        const titles = recorded.nets.map(({ title }) => title[lang]);
        assert.ok((await page.textContent(`#race-recorded-list label:has([value="${recorded.name}"])`)).startsWith(titles.join(" · ")));
        await box.click();
        await until(page, (count) => document.querySelectorAll("#race-table tbody tr").length === count, recorded.nets.length);
        await until(page, (name) => new RegExp(`runs=${name}(&|$)`).test(location.hash), recorded.name);
        await raceTo(page, 20);
        await until(page, (count) => document.querySelectorAll("#race-table tbody tr").length === count, recorded.nets.length + 1);
        const rows = await page.locator("#race-table tbody tr").evaluateAll((all) =>
          all.map((row) => ({ title: row.querySelector(".named > :last-child").firstChild.data, tag: row.querySelector(".tag")?.textContent ?? null, dashed: row.querySelector(".swatch.recorded") !== null, cells: [...row.cells].map((cell) => cell.textContent) })),
        );
        assert.deepEqual(rows.map(({ title }) => title), ["ResNet-8 (width 4)", ...titles]);
        assert.deepEqual(rows.map(({ tag }) => tag !== null), [false, ...titles.map(() => true)]);
        assert.deepEqual(rows.map(({ dashed }) => dashed), [false, ...titles.map(() => true)]);
        for (const { tag } of rows.slice(1)) assert.match(tag, words.recorded);
        recorded.nets.forEach(({ events, parameters, multiplyAdds, memory }, i) => {
          const epoch = events.findLast(({ event }) => event === "epoch");
          const [, accuracy, loss, ...costs] = rows[i + 1].cells;
          assert.equal(accuracy, `${((100 * epoch.test_correct) / epoch.test_total).toFixed(1)}%`);
          assert.equal(loss, epoch.train_loss.toFixed(4));
          assert.deepEqual([costs[0], costs[1], costs[3]], [parameters.toLocaleString("en-US"), multiplyAdds.toLocaleString("en-US"), (memory / 1e6).toFixed(1)]);
        });
        const about = await page.textContent("#race-commands");
        for (const part of [recorded.command, recorded.simd, String(recorded.threads)]) assert.ok(about.includes(part), part);
        await page.locator("#race-commands button").press("Enter");
        await until(page, (said) => document.querySelector("#race-commands [role=status]").textContent === said, words.copied);
        assert.equal(await page.evaluate(() => navigator.clipboard.readText()), recorded.command);
        for (const part of ["#race-panel", "#race-results"]) assert.deepEqual(await violations(page, part), []);
        assert.deepEqual(await tooSmall(page, "#race-panel"), []);
        assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
        await box.press("Space");
        await until(page, () => document.querySelectorAll("#race-table tbody tr").length === 1);
        assert.equal(await page.textContent("#race-commands"), "");
      }));
  }

  test("a network that is in two of the shown races is told from itself by what these were set to", () =>
    inPage({ hash: "#view=train&lang=en&runs=residual,residual_cosine" }, async (page) => {
      const names = ["Plain-20", "ResNet-20", "Plain-56", "ResNet-56"];
      await until(page, (count) => lab.race.curves().length === count, 2 * names.length);
      const curves = await page.evaluate(() => lab.race.curves().map(({ name }) => name));
      assert.deepEqual(curves, [...names.map((name) => `${name} (learning rate 0.1)`), ...names.map((name) => `${name} (learning rate from 0.1 to 0)`)]);
    }));

  test("an address brings recorded curves back, each as its file has it, and whose layers are shown", () =>
    inPage({ hash: `#view=train&lang=en&runs=${withNorms.name}` }, async (page) => {
      await until(page, (count) => lab.race.curves().length === count, withNorms.nets.length);
      const curves = await page.evaluate(() => lab.race.curves());
      assert.deepEqual(curves.map(({ name, recorded, events }) => ({ name, recorded, events })), withNorms.nets.map(({ title, events }) => ({ name: title.en, recorded: true, events })));
      const whose = page.locator("#whose");
      await until(page, (count) => document.querySelectorAll("#whose option").length === count, withNorms.nets.length);
      assert.deepEqual(await whose.locator("option").allTextContents(), withNorms.nets.map(({ title }) => `${title.en} (recorded)`));
      await whose.selectOption(`${withNorms.name}.1`);
      await until(page, (name) => location.hash.includes(`whose=${name}.1`), withNorms.name);
      await page.reload();
      await page.evaluate(() => lab.ready);
      await until(page, (name) => document.getElementById("whose").value === `${name}.1`, withNorms.name);
      await page.evaluate(() => lab.train.step({ batch: 16 }));
      await until(page, () => document.querySelector('#whose option[value=""]'));
      assert.equal(await whose.inputValue(), `${withNorms.name}.1`);
    }));

  test("one that cannot be fetched is said to be, and comes when it is asked for again", () =>
    inPage({ hash: "#view=train&lang=en" }, async (page) => {
      await page.route("**/runs/*.json", (route) => route.fulfill({ status: 503, body: "" }));
      await page.click("#race-panel > summary");
      const box = page.locator("#race-recorded-list input").first();
      await box.click();
      await until(page, () => /The recorded race could not be fetched \(503/.test(document.getElementById("alerts").textContent));
      await page.unroute("**/runs/*.json");
      await box.click();
      await box.click();
      await until(page, () => document.querySelectorAll("#race-table tbody tr").length > 0);
      page.problems = page.problems.filter((problem) => !/503|runs\/.*ERR_ABORTED/.test(problem));
    }));
});
