// The service worker: offline after the first visit, isolation on servers that do not send its headers, no stale version.
import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { launch, open, PAGE, serve, until } from "./support/browser.mjs";
import { servePlainly } from "./support/plain_server.mjs";

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser?.close());

const WITH_WORKER = { serviceWorkers: "allow" };
const installed = (page) => until(page, async () => (await navigator.serviceWorker.ready).active?.state === "activated" && navigator.serviceWorker.controller !== null);

describe("after the first visit", () => {
  test("the page works without its server, in words and pictures", async () => {
    const server = await serve();
    const page = await open(browser, server.url, WITH_WORKER);
    await installed(page);
    assert.equal(await page.evaluate(() => caches.keys().then(({ length }) => length)), 1);
    await page.context().setOffline(true);
    server.close();
    await page.reload();
    await page.evaluate(() => lab.ready);
    assert.equal(await page.evaluate(() => crossOriginIsolated), true);
    await until(page, () => lab.trace.length > 40);
    // A recorded race, which nobody had asked for before.
    await page.click("#tab-train");
    await page.click("#race-panel > summary");
    await page.click("#race-recorded-list input >> nth=0");
    await until(page, () => lab.race.curves().length > 0);
    assert.deepEqual(page.problems, []);
    await page.context().close();
  });
});

describe("on a server without the headers", () => {
  test("the page is isolated after it was loaded a second time, once", async (t) => {
    const plain = await servePlainly();
    try {
      const page = await open(browser, plain.url, { ...WITH_WORKER, ready: false });
      let loads = 0;
      page.on("load", () => (loads += 1));
      if (!readFileSync(join(PAGE, "service_worker.js"), "utf8").includes("wasm/threads-")) return t.skip("built without threads");
      await until(page, () => crossOriginIsolated && "lab" in globalThis);
      await page.evaluate(() => lab.ready);
      await page.evaluate(() => lab.train.step());
      const { threads } = await page.evaluate(() => lab.train.status());
      assert.ok(threads >= 1);
      await page.reload();
      await page.evaluate(() => lab.ready);
      assert.equal(await page.evaluate(() => crossOriginIsolated), true);
      assert.ok(loads <= 3, `${loads} loads`);
      assert.deepEqual(page.problems.filter((problem) => !/ERR_ABORTED/.test(problem)), []); // what the second loading cut off
      await page.context().close();
    } finally {
      plain.close();
    }
  });
});

describe("a new build", () => {
  test("is shown at the next visit, and the old one's files go", async () => {
    const folder = mkdtempSync(join(tmpdir(), "cnnlab-page-"));
    let server;
    try {
      cpSync(PAGE, folder, { recursive: true });
      server = await serve(folder);
      const page = await open(browser, server.url, WITH_WORKER);
      await installed(page);
      const [old] = await page.evaluate(() => caches.keys());
      const rewrite = (name, change) => writeFileSync(join(folder, name), change(readFileSync(join(folder, name), "utf8")));
      rewrite("index.html", (html) => html.replace("</title>", "</title><!-- another -->"));
      rewrite("service_worker.js", (script) => script.replace(/VERSION = "\w+"/, 'VERSION = "another"'));
      await page.reload();
      assert.match(await page.evaluate(() => fetch(location.href).then((response) => response.text())), /<!-- another -->/);
      await until(page, async (name) => !(await caches.keys()).includes(name) && (await caches.keys()).some((one) => one.endsWith("another")), old);
      assert.deepEqual(page.problems, []);
      await page.context().close();
    } finally {
      server?.close();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
