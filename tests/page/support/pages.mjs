// What the files of tests share: one server and one browser for a file, and a page in a fresh profile for a test.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before } from "node:test";
import { launch, open, serve, until } from "./browser.mjs";
import { DIGITS, drawWithMouse, fit } from "./draw.mjs";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/**
 * Returns inPage(options, work): opens the page as browser.mjs's `open` does, lets `work(page, session)` use it, and
 * fails when the page had problems of its own.
 */
export function pages(defaults = {}) {
  let server, browser;
  before(async () => {
    [server, browser] = await Promise.all([serve(), launch()]);
  });
  after(async () => {
    await browser?.close();
    server?.close();
  });
  return async (options, work) => {
    const page = await open(browser, server.url, { ...defaults, ...options });
    try {
      await work(page, await page.context().newCDPSession(page));
      assert.deepEqual(page.problems, []);
    } finally {
      await page.context().close();
    }
  };
}

/** What axe-core finds wrong, a line each: on the whole page, or in a part of it. */
export async function violations(page, selector) {
  await page.evaluate(AXE);
  const found = await page.evaluate((selector) => axe.run(selector ? document.querySelector(selector) : document), selector);
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map(({ html, failureSummary }) => `${html.slice(0, 150)} (${failureSummary})`).join("; ")}`);
}

/** The controls in a part of the page that a finger cannot hit, since they are less than 44 px high, and their heights. */
export const tooSmall = (page, part = "body") =>
  page.evaluate(
    (part) =>
      [...document.querySelectorAll(`${part} :is(button, input, select, summary, .choice, .jump a)`)]
        .filter((control) => control.checkVisibility() && !["radio", "checkbox"].includes(control.type))
        .map((control) => [control.id || control.textContent, control.getBoundingClientRect().height])
        .filter(([, height]) => height < 44),
    part,
  );

export const prediction = (page) => page.evaluate(() => lab.prediction());
export const status = (page) => page.evaluate(() => lab.train.status());

/** Draws a digit on an empty pad. */
export async function draw(page, session, digit, how = drawWithMouse) {
  await page.evaluate(() => lab.clear());
  await how(session, fit(DIGITS[digit], await page.evaluate(() => lab.drawPad())));
}

/** Trains some batches, one by one. */
export async function batches(page, count, settings = {}) {
  for (let i = 0; i < count; ++i) await page.evaluate((settings) => lab.train.step(settings), settings);
}

/** Trains until so many batches are done, then stops. */
export async function trainUntil(page, step) {
  await page.click("#train");
  await until(page, (step) => lab.train.status().step >= step, step, 240_000);
  await page.click("#pause");
  await until(page, () => lab.train.status().state === "paused");
}
