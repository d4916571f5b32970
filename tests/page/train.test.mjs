// Training in the page: live settings, runs beside each other, going on after a reload, mistakes, moments, files.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { until } from "./support/browser.mjs";
import { batches, draw, pages, prediction, status, tooSmall, trainUntil, violations } from "./support/pages.mjs";


const inPage = pages();

const isTrained = (page) => page.evaluate(() => !/untrained/.test(document.getElementById("prediction").textContent));
const words = (page, id) => page.textContent(`#${id}`);

async function fill(page, id, value) {
  await page.fill(`#${id}`, String(value));
  await page.press(`#${id}`, "Tab");
}

/** The rows of the current run's curve by batch. */
async function curve(page) {
  const lines = (await page.evaluate(() => lab.train.csv())).trim().split("\r\n").slice(1);
  return new Map(lines.map((line) => line.match(/^"[^"]*",(\d+,(\d+),\w+),(.*)$/)).map(([, where, , numbers]) => [where, numbers]));
}

function assertIsReading(read) {
  assert.ok(Number.isInteger(read.digit) && read.digit >= 0 && read.digit <= 9);
  assert.equal(read.probabilities.length, 10);
}

describe("training", () => {
  test("learns MNIST, pauses, trains one batch, and goes back to the beginning", () =>
    inPage({}, async (page, session) => {
      const shipped = await page.evaluate(() => Array.from(lab.weights()));
      await draw(page, session, 3);
      await page.click("#tab-train");
      await page.fill("#lr", "0.05"); // learns within some sixty batches
      await page.fill("#momentum", "0.9");
      await page.press("#momentum", "Tab");
      await page.click("#one-batch");
      await until(page, () => lab.train.status().step === 1 && lab.train.status().state === "paused");
      const early = await status(page);
      assert.ok(early.loss > 2 && early.loss < 2.6, `the first loss is near ln 10, not ${early.loss}`);
      await page.click("#train");
      await until(page, () => lab.train.status().loss < 1, undefined, 240_000);

      const during = await status(page);
      assert.ok(during.imagesPerSecond > 0 && during.threads >= 1);
      await page.click("#language"); // training goes on
      await page.click("#language");
      await page.click("#theme");
      await until(page, (step) => lab.train.status().step > step, during.step);

      await page.click("#pause");
      await until(page, () => lab.train.status().state === "paused");
      const paused = await status(page);
      const trained = await page.evaluate(() => Array.from(lab.weights()));
      assert.notDeepEqual(trained, shipped);
      assertIsReading(await prediction(page));

      await page.click("#one-batch");
      await until(page, (step) => lab.train.status().step === step + 1 && lab.train.status().state === "paused", paused.step);
      assert.match(await page.textContent("#training"), /Paused/);

      await page.click("#reset");
      assert.equal((await status(page)).state, "idle");
      assert.equal((await status(page)).step, 0);
      await until(page, () => !/being trained/.test(document.getElementById("prediction").textContent)); // others have come
      if (await isTrained(page)) assert.deepEqual(await page.evaluate(() => Array.from(lab.weights())), shipped);
    }));

  test("the same seed learns the same, another seed something else", () =>
    inPage({}, async (page) => {
      const lossOf = async (seed) => {
        await page.evaluate((seed) => lab.train.step({ seed }), seed);
        const { loss, step } = await status(page);
        assert.equal(step, 1);
        await page.evaluate(() => lab.train.reset());
        return loss;
      };
      const first = await lossOf(5);
      assert.equal(await lossOf(5), first);
      assert.notEqual(await lossOf(6), first);
      assert.equal(await page.inputValue("#seed"), "6");
    }));

  test("a learning rate far too large ends in a message, and the page goes on", () =>
    inPage({}, async (page) => {
      await page.evaluate(() => lab.train.start({ lr: 10, momentum: 0.99 }));
      await until(page, () => lab.train.status().state === "failed");
      assert.match(await page.textContent("#training"), /Training stopped: .*loss/i);
      await page.click("#reset");
      await page.evaluate(() => lab.train.step({ lr: 0.01, momentum: 0.5 }));
      assert.equal((await status(page)).step, 1);
    }));

  test("settings that cannot be are said and not taken", () =>
    inPage({ hash: "#view=train" }, async (page) => {
      await page.fill("#momentum", "1.5");
      await page.press("#momentum", "Tab");
      assert.match(await page.textContent("#settings-error"), /momentum must be a number from 0 to 0\.999/);
      assert.equal(await page.getAttribute("#momentum", "aria-invalid"), "true");
      await page.fill("#momentum", "0.9");
      await page.press("#momentum", "Tab");
      assert.equal(await page.textContent("#settings-error"), "");
      await until(page, () => location.hash.includes("momentum=0.9"));
    }));

  test("weights travel: what was taken out can be put back in, and rubbish is refused", () =>
    inPage({}, async (page) => {
      const size = await page.evaluate(async () => {
        const before = lab.weights();
        await lab.train.step();
        lab.train.reset();
        lab.load(before);
        const after = lab.weights();
        if (after.length !== before.length || after.some((byte, index) => byte !== before[index])) throw new Error("they differ");
        return after.length;
      });
      assert.ok(size > 97_298 * 4);
      const refused = await page.evaluate(() => {
        try {
          lab.load(new Uint8Array([1, 2, 3]));
        } catch (error) {
          return error.message;
        }
      });
      assert.match(refused, /safetensors|bytes/);
    }));
});

describe("settings", () => {
  test("a link brings them all back", () =>
    inPage({ hash: "#view=train&epochs=3&augment=on&data=fashion&scale=log&norms=weight&batch=32&lang=en" }, async (page) => {
      assert.equal(await page.inputValue("#epochs"), "3");
      assert.equal(await page.isChecked("#augment"), true);
      assert.equal(await page.isChecked("#scale"), true);
      assert.equal(await page.inputValue("#norms"), "weight");
      if (await page.isVisible("#data")) assert.equal(await page.inputValue("#data"), "fashion");
      await until(page, () => lab.panels().some(({ title }) => title === "Weights, layer by layer")); // once it was drawn
      await page.selectOption("#norms", "gradient");
      await page.uncheck("#scale");
      await until(page, () => /norms=gradient/.test(location.hash) && /scale=linear/.test(location.hash));
    }));

  test("batch size and epochs change while training; seed and bending begin anew", () =>
    inPage({ hash: "#view=train&lang=en" }, async (page) => {
      await batches(page, 2);
      assert.equal((await status(page)).stepsPerEpoch, 938);
      await fill(page, "batch", 128);
      await fill(page, "epochs", 2);
      await page.click("#one-batch");
      await until(page, () => lab.train.status().step === 3);
      const { stepsPerEpoch, epochs } = await status(page);
      assert.equal(stepsPerEpoch, 2 + Math.ceil((60_000 - 128) / 128));
      assert.equal(epochs, 2);
      await page.check("#augment");
      await until(page, () => /begins a new run/.test(document.getElementById("training").textContent));
      await page.uncheck("#augment");
      await fill(page, "seed", 2);
      await page.click("#one-batch");
      await until(page, () => lab.train.status().step === 1);
    }));

  test("Fashion-MNIST is trained on when it is chosen", (t) =>
    inPage({ hash: "#view=train&lang=en" }, async (page) => {
      if (!(await page.isVisible("#data"))) return t.skip("the page was built without it");
      const digits = await page.evaluate(() => lab.train.step().then(() => lab.train.status().loss));
      await page.selectOption("#data", "fashion");
      await page.click("#one-batch");
      await until(page, () => lab.train.status().step === 1 && lab.train.status().state === "paused");
      assert.notEqual((await status(page)).loss, digits);
      await page.click("#test-now");
      await until(page, () => /read correctly/.test(document.getElementById("mistakes").textContent));
      await page.click("#confusion summary");
      await until(page, () => /9 Ankle boot/.test(document.querySelector("#confusion thead")?.textContent));
    }));
});

describe("a training that is kept", () => {
  const hash = "#view=train&lang=en&batch=250&lr=0.05";

  test("goes on after a reload with the same losses as without", () =>
    inPage({ hash }, async (page) => {
      assert.equal(await page.isChecked("#keep"), false);
      await page.check("#keep");
      await trainUntil(page, 12);
      const stopped = (await status(page)).step;
      await until(page, (step) => document.getElementById("keep-words").textContent.includes(`batch ${step}`), stopped);
      const before = await curve(page);
      await page.reload();
      await page.evaluate(() => lab.ready);
      await until(page, () => !document.getElementById("offer").hidden);
      assert.match(await words(page, "offer-words"), new RegExp(`epoch 1, batch ${stopped}`));
      await page.click("#go-on");
      await until(page, (step) => lab.train.status().step > step + 10, stopped, 240_000);
      await page.click("#pause");
      await until(page, () => lab.train.status().state === "paused");
      const resumed = await curve(page);
      const end = (await status(page)).step;
      for (const [where, numbers] of before) assert.equal(resumed.get(where), numbers);

      await inPage({ hash }, async (other) => {
        await trainUntil(other, end);
        const whole = await curve(other);
        assert.ok(resumed.size >= 2 && resumed.size > before.size);
        for (const [where, numbers] of resumed) assert.equal(whole.get(where), numbers, `${where}`);
      });
    }));

  test("is forgotten when asked, and is not there unless asked for", () =>
    inPage({ hash }, async (page) => {
      await batches(page, 1);
      await page.reload();
      await page.evaluate(() => lab.ready);
      assert.equal(await page.isVisible("#offer"), false);
      await page.check("#keep");
      await batches(page, 1);
      await until(page, () => /^Kept \d+ \w+ 20\d\d/.test(document.getElementById("keep-words").textContent));
      await page.reload();
      await until(page, () => !document.getElementById("offer").hidden);
      await page.click("#forget");
      assert.equal(await page.isVisible("#offer"), false);
      await page.reload();
      await page.evaluate(() => lab.ready);
      assert.equal(await page.isVisible("#offer"), false);
    }));

  test("says so when the browser has no room for it", () =>
    inPage({ hash, init: () => { IDBObjectStore.prototype.put = () => { throw new DOMException("no room", "QuotaExceededError"); }; } }, async (page) => {
      await page.check("#keep");
      await batches(page, 1);
      await until(page, () => /could not be kept.*no room/.test(document.getElementById("alerts").textContent));
      await batches(page, 1);
      assert.equal((await status(page)).step, 2);
    }));
});

describe("runs beside each other", () => {
  test("are named by what differs, stand in tables, and can be removed", () =>
    inPage({ hash: "#view=train&lang=en" }, async (page) => {
      await batches(page, 10, { lr: 0.01 });
      assert.match(await words(page, "runs"), /run 1/);
      await page.click("#reset");
      await fill(page, "lr", 0.1);
      await batches(page, 10, { lr: 0.1 });
      await until(page, () => document.querySelectorAll("#runs tbody tr").length === 2);
      const names = () => page.locator("#runs tbody th").allTextContents();
      assert.deepEqual(await names(), ["lr 0.1", "lr 0.01"]);
      await page.click("#language");
      assert.deepEqual(await names(), ["학습률 0.1", "학습률 0.01"]);
      await page.click("#language");
      await until(page, () => /lr 0\.1.*10.*\d\.\d{4}.*%/.test(document.querySelector("#runs tbody tr").textContent));
      await page.click("#points summary");
      await until(page, () => document.querySelectorAll("#points tbody tr").length === 2); // filled once it is open
      await page.click("#norms-table summary");
      await until(page, () => /conv1\.weight/.test(document.querySelector("#norms-table tbody")?.textContent));
      await page.focus("#runs button");
      await page.keyboard.press("Enter");
      await until(page, () => document.querySelectorAll("#runs tbody tr").length === 1);
      assert.match(await page.evaluate(() => lab.train.csv()), /^run,epoch,batch,event,.*\r\n"run 1",1,10,step,/);
    }));
});

describe("the view", () => {
  for (const [width, colorScheme, lang] of [
    [360, "light", "ko"],
    [360, "dark", "en"],
    [768, "dark", "ko"],
    [1440, "light", "en"],
  ]) {
    test(`is fit for all at ${width} px, ${colorScheme}, ${lang}`, () =>
      inPage({ viewport: { width, height: 800 }, colorScheme, hash: `#view=train&lang=${lang}` }, async (page) => {
        await batches(page, 10);
        await page.click("#test-now");
        await until(page, () => !document.getElementById("worst").hidden);
        for (const summary of await page.locator("#pictures summary, .results summary").all()) await summary.click();
        await until(page, () => ["confusion", "points", "norms-table"].every((id) => document.querySelector(`#${id} tbody tr`))); // filled once they are open
        await page.locator("#confusion tbody td button").first().click();
        assert.ok((await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)) <= 0);
        assert.deepEqual(await tooSmall(page, "#view"), []);
        assert.deepEqual(await violations(page), []);
      }));
  }
});
