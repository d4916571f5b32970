// The race: several networks in one worker, on the same batches, each as it would be alone.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { until } from "./support/browser.mjs";
import { pages, tooSmall, violations } from "./support/pages.mjs";

const inPage = pages();
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

  test("parameters and multiply-adds are those of each network, and the table sorts", () =>
    inPage({ hash: hash("inception,deeper-modules:2,deeper-modules:4") }, async (page) => {
      await raceTo(page, 20);
      const { racers } = await race(page);
      assert.deepEqual(racers.map(({ parameters }) => parameters), [97298, 97298, 224986]);
      assert.ok(racers[2].multiplyAdds > racers[1].multiplyAdds);
      const first = () => page.locator("#race-table tbody th").first().textContent();
      for (const [column, key] of [["loss", (r) => r.loss], ["ms an image", (r) => 1 / r.imagesPerSecond], ["network", (r) => r.name]]) {
        await page.getByRole("button", { name: `Sort by ${column}` }).click();
        assert.equal(await first(), [...racers].sort((a, b) => (key(a) < key(b) ? -1 : 1))[0].name);
      }
      assert.equal(await page.locator('#race-table th[aria-sort="ascending"]').count(), 1);
    }));

  test("pauses, goes on, is cleared; networks are added with sliders and by keyboard, and stand in the address", () =>
    inPage({ hash: "#view=train&lang=ko&batch=16", viewport: { width: 390, height: 844 }, colorScheme: "dark" }, async (page) => {
      await page.click("#race-panel summary");
      assert.ok(await page.locator("#race-start").isDisabled());
      await page.selectOption("#race-lesson", "residual");
      for (const presses of [1, 0]) {
        const depth = page.locator('#race-options input[name="depth"]');
        await depth.focus();
        for (let i = 0; i < 2; ++i) await page.keyboard.press("ArrowLeft");
        await depth.evaluate((slider) => (slider.value = 8));
        if (presses) await page.locator('#race-options input[name="shortcut"]').press("ArrowLeft");
        else await page.locator('#race-options input[name="shortcut"]').press("ArrowRight");
        await page.locator("#race-add").press("Enter");
      }
      await until(page, () => /race=residual-depth:8-shortcut:0,residual-depth:8(&|$)/.test(location.hash));
      assert.equal(await page.locator("#race-list li").count(), 2);
      await page.click("#race-add");
      assert.match(await page.textContent("#race-words"), /이미 있어요/);
      await raceTo(page, 20);
      const at = (await race(page)).racers[0].step;
      await page.click("#race-start");
      await until(page, (at) => lab.race.status().racers[0].step > at, at);
      assert.deepEqual(await violations(page, "#race-panel"), []);
      assert.deepEqual(await tooSmall(page, "#race-panel"), []);
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
      await page.click("#race-reset");
      assert.equal((await race(page)).state, "idle");
      await page.click("#race-list button >> nth=0");
      await until(page, () => /race=residual-depth:8(&|$)/.test(location.hash));
    }));

  test("an address with a network that cannot be is said to be wrong", () =>
    inPage({ hash: "#view=train&lang=en&race=residual-depth:9", ready: false }, async (page) => {
      await until(page, () => /race=residual-depth:9/.test(document.getElementById("alerts").textContent));
    }));
});
