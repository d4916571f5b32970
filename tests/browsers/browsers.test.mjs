// The built page in Firefox and in WebKit: that one can draw, step, look inside and train there, too. How the page works in
// detail is tested in Chromium (tests/page).
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { after, before, describe, test } from "node:test";
import { serve } from "../page/support/browser.mjs";
import { DIGITS, fit } from "../page/support/draw.mjs";
import { openFirefox } from "./firefox.mjs";
import { openWebKit } from "./webkit.mjs";

const PATIENCE = 60_000;
const losses = new Map(); // by browser, of the same batches

/** An X server without a screen: {display, close}. */
async function openDisplay() {
  const server = spawn("Xvfb", ["-displayfd", "1", "-screen", "0", "1600x1200x24"], { stdio: ["ignore", "pipe", "ignore"] });
  const [number] = await new Promise((done, failed) => {
    server.stdout.once("data", (text) => done(String(text).trim().split("\n")));
    server.once("error", failed);
  });
  return { display: `:${number}`, close: () => server.kill() };
}

for (const [name, openBrowser] of Object.entries({ Firefox: openFirefox, WebKit: openWebKit })) {
  describe(name, () => {
    let screen, server, browser;
    before(async () => {
      [screen, server] = await Promise.all([openDisplay(), serve()]);
      browser = await openBrowser(screen.display);
    });
    after(async () => {
      await browser?.close();
      server?.close();
      screen?.close();
    });

    const open = async (hash) => {
      await browser.go(server.url + hash);
      await browser.run(() => lab.ready);
    };
    // Asks in the page until the answer is something true.
    const until = async (condition, ...given) => {
      for (const end = Date.now() + PATIENCE; Date.now() < end; await new Promise((done) => setTimeout(done, 100))) {
        const answer = await browser.run(condition, ...given);
        if (answer) return answer;
      }
      throw new Error(`still not so after ${PATIENCE / 1000} s: ${condition}`);
    };
    const words = (id) => browser.run((id) => document.getElementById(id).textContent, id);

    test("starts without a complaint, isolated", async () => {
      await open("#lang=en");
      assert.equal(await browser.run(() => crossOriginIsolated), true);
      assert.equal(await browser.run(() => document.querySelector(".katex-html").getBoundingClientRect().height > 0), true);
      assert.deepEqual([await words("alerts"), await words("lab-message")], ["", ""]);
    });

    test("reads digits drawn with the mouse", async () => {
      for (const digit of Object.keys(DIGITS)) {
        const pad = await browser.run(() => {
          lab.clear();
          document.getElementById("pad").scrollIntoView({ block: "center", behavior: "instant" });
          return lab.drawPad();
        });
        await browser.drag(fit(DIGITS[digit], pad));
        assert.equal(await until(() => lab.prediction() && String(lab.prediction().digit)), digit);
      }
      await until(() => document.getElementById("prediction").textContent.startsWith("Read as 7"));
    });

    test("steps through the code by keyboard, forward and backward", async () => {
      await open("#view=step&step=39&lang=en");
      await until(() => lab.trace.length > 0 && lab.trace.state()?.index === 39);
      await browser.run(() => document.getElementById("next").focus());
      await browser.press("ArrowRight");
      await until(() => /^Step 41 of \d+, backward/.test(document.getElementById("trace").textContent));
      assert.equal(await browser.run(() => document.querySelectorAll("#code .current").length), 1);
    });

    test("looks inside, and counts on 1,000 test images", async () => {
      await open("#view=look&layer=incept1&cut=incept1.branch_pool&lang=en");
      const said = await until(() => document.getElementById("accuracy").textContent.match(/^Of 1,000 test images the changed network reads (\d+)/)?.[1]);
      assert.ok(Number(said) > 100 && Number(said) < 991, said);
    });

    test("trains, and learns the same as every other browser", async () => {
      await open("#view=train&seed=7&lr=0.05&lang=en");
      const all = await browser.run(async () => {
        const losses = [];
        for (let i = 0; i < 5; i += 1) {
          await lab.train.step();
          losses.push(lab.train.status().loss);
        }
        return losses;
      });
      assert.ok(all.every((loss) => loss > 1 && loss < 3), String(all));
      losses.set(name, all);
      for (const others of losses.values()) assert.deepEqual(all, others);
    });

    test("draws its panels", async () => {
      const colors = await browser.run(async () => {
        await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
        const canvas = document.getElementById("lab");
        const picture = Object.assign(document.createElement("canvas"), { width: canvas.width, height: canvas.height }).getContext("2d");
        picture.drawImage(canvas, 0, 0);
        return new Set(new Uint32Array(picture.getImageData(0, 0, canvas.width, Math.min(canvas.height, 400)).data.buffer)).size;
      });
      assert.ok(colors > 20, `${colors} colours`);
    });

    test("comes to the lab by its link, in a narrow window", async () => {
      await browser.size(390, 844);
      await open("#view=step&step=12&lang=ko");
      await browser.run(() => document.querySelector('.jump a[href="#bench"]').click());
      await until(() => Math.abs(document.getElementById("bench").getBoundingClientRect().top - 72) < 4); // below the header
      await browser.size(1440, 900);
    });

    test("works offline after the first visit", async () => {
      await until(() => navigator.serviceWorker.ready.then(({ active }) => active.state === "activated"));
      server.close();
      await open("#view=draw&lang=ko");
      assert.match(await words("prediction"), /아직 그린 것이 없어요/);
    });
  });
}
