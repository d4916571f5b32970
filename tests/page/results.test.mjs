// What a training leaves to look at and to take along: mistakes, moments of its weights, files.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { still, until } from "./support/browser.mjs";
import { batches, pages } from "./support/pages.mjs";

const inPage = pages();
const words = (page, id) => page.textContent(`#${id}`);

async function saved(page, act) {
  const [download] = await Promise.all([page.waitForEvent("download"), act()]);
  return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
}

describe("mistakes", () => {
  test("a cell of the matrix shows its images, by pointer and by keyboard, and one is stepped through", () =>
    inPage({ hash: "#view=train&lang=en" }, async (page) => {
      await batches(page, 1);
      await page.click("#test-now");
      await until(page, () => /of [\d,]+ test images read correctly .* after batch 1\./.test(document.getElementById("mistakes").textContent));
      await page.click("#confusion summary");
      await until(page, () => document.querySelectorAll("#confusion tbody td button").length === 100); // filled when it has opened
      const counts = await page.locator("#confusion tbody td button").allTextContents();
      const [most, at] = counts.map(Number).reduce((best, count, i) => (count > best[0] ? [count, i] : best), [0, 0]);
      await page.locator("#confusion tbody td button").nth(at).focus();
      await page.keyboard.press("Enter");
      const title = await page.textContent("#cell h4");
      assert.ok(title.replaceAll(",", "").includes(`${Math.floor(at / 10)} read as ${at % 10}: ${most}`) || at % 11 === 0, title);
      assert.equal(await page.locator("#cell li").count(), Math.min(most, 60));

      await still(page.locator("#lab")); // drawn, as high as its panels need
      const matrix = () => page.evaluate(() => lab.panels().find(({ title }) => title === "What was read as what"));
      await page.evaluate(() => document.getElementById("lab").scrollIntoView());
      await page.evaluate(({ y }) => (document.getElementById("bench").scrollTop += y - 100), await matrix());
      await still(page.locator("#lab"));
      const panel = await matrix();
      const side = Math.min(panel.width - 28 - 34, 400); // as in confusion_panel.cpp
      const cell = (label, answer) => [panel.x + 14 + 34 + ((answer + 0.5) * side) / 10, panel.y + 14 + 26 + 34 + ((label + 0.5) * side) / 10];
      await page.mouse.click(...cell(3, at % 10));
      await until(page, (answer) => document.querySelector("#cell h4").textContent.startsWith(`3 read as ${answer}`), at % 10);

      const link = page.locator("#worst a").first();
      const image = (await link.getAttribute("href")).match(/image=(\d+)/)[1];
      assert.match(await link.textContent(), new RegExp(`No\\. ${image}: \\d read as \\d`));
      await link.click();
      assert.equal(await page.getAttribute("#tab-step", "aria-selected"), "true");
      assert.equal(await page.inputValue("#image"), image);
    }));
});

describe("moments", () => {
  test("the scrubber brings earlier weights back to the whole lab, and the newest again", () =>
    inPage({ hash: "#view=train&lang=en" }, async (page) => {
      await batches(page, 3, { lr: 0.1 });
      const weights = () => page.evaluate(() => Array.from(lab.weights().subarray(-400)));
      const newest = await weights();
      assert.match(await words(page, "moment-words"), /as they are now, after batch 3/);
      await page.focus("#moment");
      await page.keyboard.press("Home");
      assert.match(await words(page, "moment-words"), /after batch 0/);
      const first = await weights();
      assert.notDeepEqual(first, newest);
      await batches(page, 1);
      assert.deepEqual(await weights(), first, "what is looked at stays while training goes on");
      await page.focus("#moment");
      await page.keyboard.press("End");
      assert.match(await words(page, "moment-words"), /after batch 4/);
      assert.notDeepEqual(await weights(), newest);
      await page.selectOption("#parameter", "fc.weight");
    }));
});

describe("files", () => {
  test("weights are saved and come back; others and broken ones are refused in one line", () =>
    inPage({ hash: "#view=train&lang=en", acceptDownloads: true }, async (page) => {
      await batches(page, 2);
      const file = await saved(page, () => page.click("#save-weights"));
      assert.equal(file.name, "inception.safetensors");
      assert.deepEqual([...file.bytes], await page.evaluate(() => Array.from(lab.weights())));
      await batches(page, 1);
      const give = (name, buffer) => page.setInputFiles("#weights-file", { name, mimeType: "application/octet-stream", buffer });
      await give("mine.safetensors", file.bytes);
      await until(page, () => /reads with the weights of mine\.safetensors/.test(document.getElementById("files").textContent));
      assert.deepEqual(await page.evaluate(() => Array.from(lab.weights())), [...file.bytes]);
      await give("half.safetensors", file.bytes.subarray(0, 5000));
      await until(page, () => /^Not used\. half\.safetensors: [^\n]+$/.test(document.getElementById("files").textContent));
      const other = Buffer.from(file.bytes.toString("latin1").replace('"lesson":"inception"', '"lesson":"somewhere"'), "latin1");
      await give("other.safetensors", other);
      await until(page, () => /other\.safetensors: .*somewhere/.test(document.getElementById("files").textContent));
    }));

  test("the curves are saved as CSV, a panel as PNG", () =>
    inPage({ hash: "#view=train&lang=en", acceptDownloads: true }, async (page) => {
      await page.click("#save-curves");
      assert.match(await words(page, "files"), /no curve/);
      await batches(page, 10);
      const table = await saved(page, () => page.click("#save-curves"));
      assert.equal(table.name, "training.csv");
      assert.match(table.bytes.toString(), /"run 1",1,10,step,\d/);
      await page.click("#pictures summary");
      const picture = await saved(page, () => page.click('#pictures button:text-is("Loss")'));
      assert.equal(picture.name, "Loss.png");
      assert.equal(picture.bytes.subarray(1, 4).toString(), "PNG");
      const [panel] = await page.evaluate(() => lab.panels().filter(({ title }) => title === "Loss"));
      assert.ok(Math.abs(picture.bytes.readUInt32BE(16) - panel.width) <= 1);
    }));

  test("the PyTorch lines load saved weights", (t) =>
    inPage({ hash: "#view=train&lang=en", acceptDownloads: true, permissions: ["clipboard-read", "clipboard-write"] }, async (page) => {
      await page.click("#copy-pytorch");
      await until(page, () => /copied/.test(document.getElementById("files").textContent));
      const lines = await page.evaluate(() => navigator.clipboard.readText());
      assert.equal(lines, await words(page, "pytorch"));
      const python = ["/usr/bin/python3", "python3"].find((name) => spawnSync(name, ["-c", "import torch"]).status === 0);
      if (!python) return t.skip("this machine has no PyTorch");
      const folder = mkdtempSync(join(tmpdir(), "cnnlab-"));
      try {
        writeFileSync(join(folder, "inception.safetensors"), (await saved(page, () => page.click("#save-weights"))).bytes);
        const networks = fileURLToPath(new URL("../../native/bench/pytorch", import.meta.url));
        const program = `import sys\nsys.path.insert(0, ${JSON.stringify(networks)})\nfrom networks import MainNet\nmodel = MainNet()\n${lines}\nprint(float(model.fc.weight[0, 0]))`;
        const weight = Number(execFileSync(python, ["-c", program], { cwd: folder }));
        assert.ok(Number.isFinite(weight) && weight !== 0);
      } finally {
        rmSync(folder, { recursive: true });
      }
    }));
});

