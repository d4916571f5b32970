// What remains where something is missing: isolation, WebGL, WebAssembly.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { launch, NO_WEBGL, open, serve, until } from "./support/browser.mjs";
import { servePlainly } from "./support/plain_server.mjs";

let server, plain, browser;
before(async () => {
  [server, plain, browser] = await Promise.all([serve(), servePlainly(), launch()]);
});
after(async () => {
  await browser?.close();
  server?.close();
  plain?.close();
});

const trainsOneBatch = async (page) => {
  await page.click("#one-batch");
  return until(page, () => {
    const status = lab.train.status();
    return status.state === "paused" && status.step === 1 && status;
  });
};

describe("without isolation, in a subfolder of any server", () => {
  test("everything works in one thread, and the page says why", async () => {
    const page = await open(browser, plain.url);
    assert.equal(await page.evaluate(() => crossOriginIsolated), false);
    const status = await trainsOneBatch(page);
    assert.equal(status.threads, 1);
    await until(page, () => /isolate/.test(document.getElementById("training").textContent));
    assert.deepEqual(page.problems, []);
    await page.context().close();
  });
});

describe("without WebGL", () => {
  test("one message stands in for the pictures; training and stepping work in words", async () => {
    const blind = await launch(NO_WEBGL);
    try {
      const page = await open(blind, server.url);
      assert.match(await page.textContent("#lab-message"), /WebGL/);
      assert.equal(await page.locator("#lab").isVisible(), false);
      await trainsOneBatch(page);
      await page.click("#tab-step");
      await page.click("#next");
      assert.equal(await page.evaluate(() => lab.trace.state().index), 1);
      assert.match(await page.textContent("#trace"), /Step 2/);
      await page.click("#language");
      assert.match(await page.textContent("#lab-message"), /WebGL 2가 없어서/);
      assert.deepEqual(page.problems.filter((problem) => !/WebGL/.test(problem)), []);
    } finally {
      await blind.close();
    }
  });
});

describe("without WebAssembly", () => {
  test("the lesson and its code remain, and one message says so", async () => {
    const page = await open(browser, server.url, { ready: false, init: () => delete globalThis.WebAssembly });
    await until(page, () => !document.getElementById("lab-message").hidden);
    assert.match(await page.textContent("#lab-message"), /WebAssembly/);
    assert.equal(await page.evaluate(() => lab.ready.then(() => "ready", (error) => error.message.includes("WebAssembly"))), true);
    assert.ok((await page.locator("article:visible h2").count()) > 5);
    await page.click("#tab-step");
    assert.ok((await page.locator("#code .line:visible").count()) > 50);
    assert.equal(await page.locator("#train").isDisabled(), true);
    assert.deepEqual(page.problems, []);
    await page.context().close();
  });

  test("a program that cannot be fetched is said once, with the reason", async () => {
    const page = await open(browser, server.url, { ready: false, init: () => (globalThis.fetch = () => Promise.reject(new Error("offline"))) });
    await until(page, () => /offline/.test(document.getElementById("lab-message").textContent));
    assert.equal(await page.locator("#lab-message:visible").count(), 1);
    await page.context().close();
  });
});
