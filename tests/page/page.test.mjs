// The page as a text: it loads cleanly, reads in both languages and themes, at every width, with and without help.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { still, until } from "./support/browser.mjs";
import { pages, tooSmall, violations } from "./support/pages.mjs";

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
const DESKTOP = { viewport: { width: 1440, height: 900 } };

const inPage = pages();

const shown = (page) => page.locator("#lesson > article:visible");

describe("the page", () => {
  test("loads without errors, failed requests, or requests elsewhere", () =>
    inPage({}, async (page) => {
      assert.equal(await shown(page).count(), 1);
      assert.equal(await page.evaluate(() => crossOriginIsolated), true);
      assert.match(await page.title(), /CNN Lab/);
    }));

  test("reads without JavaScript, in both languages, and leads to every lesson", () =>
    inPage({ ready: false, javaScriptEnabled: false }, async (page) => {
      const languages = () => page.locator("#lesson > article:visible").evaluateAll((all) => all.map(({ lang }) => lang));
      assert.deepEqual(await languages(), ["en", "ko"]);
      assert.equal(await page.locator("#bench:visible").count(), 0);
      const list = page.locator("#lessons a");
      for (let index = 0; index < (await list.count()); index += 1) {
        const title = (await list.nth(index).locator("span").first().innerText()).replace(/^\d+\. /, "");
        await list.nth(index).click();
        assert.equal(await page.locator("article >> nth=0 >> h1").innerText(), title);
        assert.deepEqual(await languages(), ["en", "ko"]);
        assert.equal(await page.locator("#lessons [aria-current]").count(), 1);
      }
    }));

  test("chooses the language by the browser, then by the address, and the switch keeps the place", async () => {
    await inPage({ locale: "ko-KR", ready: false }, async (page) => {
      assert.equal(await page.getAttribute("html", "lang"), "ko");
      assert.equal(await shown(page).getAttribute("lang"), "ko");
    });
    await inPage({ locale: "ko-KR", hash: "#lang=en", ready: false }, async (page) => {
      assert.equal(await page.getAttribute("html", "lang"), "en");
      await page.evaluate(() => document.getElementById("what-it-saves").scrollIntoView());
      await still(page.locator("#what-it-saves"));
      const top = () => page.evaluate(() => Math.round(document.getElementById("what-it-saves").getBoundingClientRect().top));
      const at = await top();
      await page.click("#language");
      assert.equal(await page.getAttribute("html", "lang"), "ko");
      assert.ok(Math.abs((await top()) - at) < 4, `the section moved from ${at} to ${await top()}`);
      await until(page, () => location.hash.includes("lang=ko"));
    });
  });

  test("follows the system's theme until one is chosen, which lasts", () =>
    inPage({ colorScheme: "dark", ready: false }, async (page) => {
      const theme = () => page.getAttribute("html", "data-theme");
      assert.equal(await theme(), "dark");
      await page.click("#theme");
      assert.equal(await theme(), "light");
      await page.evaluate(() => lab.ready); // else the browser gives up fetches, and says so
      await page.reload();
      assert.equal(await theme(), "light");
      await page.evaluate(() => lab.ready);
    }));

  test("goes to sections from the contents, and to the code from an excerpt", () =>
    inPage({ ready: false }, async (page) => {
      await page.click("article:visible .contents summary");
      await page.click('article:visible .contents a[href="#joining"]');
      await until(page, () => Math.abs(document.getElementById("joining").getBoundingClientRect().top) < 120);
      const before = await page.evaluate(() => scrollY);
      await page.locator("article:visible .excerpt .code-link").last().click();
      await until(page, () => document.getElementById("code").scrollTop > 0);
      assert.ok(before > 0);
    }));

  test("carries the licences of what others have made", () =>
    inPage({ ready: false }, async (page) => {
      const licenses = await page.evaluate(() => fetch(document.querySelector("footer a").href).then((answer) => answer.text()));
      for (const [what, terms] of [["NanumGothic", /SIL OPEN FONT LICENSE/], ["KaTeX", /Khan Academy/], ["Dear ImGui", /Omar Cornut/], ["xtensor", /Johan Mabille/], ["xsimd", /Johan Mabille/], ["JSON for Modern C++", /Niels Lohmann/]]) {
        const own = licenses.split(/\n(?=.+\n=+\n)/).find((part) => part.startsWith(what));
        assert.match(own ?? "", terms, what);
      }
      await page.evaluate(() => lab.ready); // else the browser gives up fetches, and says so
    }));

  describe("gives the lab the window to itself", () => {
    const box = (page, id) => page.locator(`#${id}`).boundingBox();
    const hasProse = (page) => page.locator("#lesson > article:not([hidden]) p").first().isVisible();

    test("then pictures stand beside words and code, and a link brings it back", () =>
      inPage({ ...DESKTOP, hash: "#view=step&step=12&lang=en" }, async (page) => {
        assert.equal(await hasProse(page), true);
        const narrow = await box(page, "lab");
        await page.focus("#wide");
        await page.keyboard.press("Enter");
        await until(page, (width) => document.getElementById("code").getBoundingClientRect().left > width, 720);
        assert.equal(await hasProse(page), false);
        assert.equal(await page.getAttribute("#wide", "aria-pressed"), "true");
        const [words, pictures, code] = [await box(page, "trace"), await box(page, "lab"), await box(page, "code")];
        assert.ok(words.x + words.width <= pictures.x && pictures.x + pictures.width <= code.x);
        assert.ok(pictures.y < narrow.y && pictures.y < 400, `the pictures begin at ${pictures.y}`);
        await until(page, () => location.hash.includes("wide=on"));
        assert.deepEqual(await violations(page), []);
        const address = await page.evaluate(() => location.hash);
        await inPage({ ...DESKTOP, hash: address }, async (other) => assert.equal(await hasProse(other), false));
      }));

    test("and the prose comes back where one was reading, or where a link leads", () =>
      inPage({ ...DESKTOP, hash: "#lang=en" }, async (page) => {
        const top = (id) => page.evaluate((id) => Math.round(document.getElementById(id).getBoundingClientRect().top), id);
        await page.evaluate(() => document.getElementById("joining").scrollIntoView());
        await still(page.locator("#joining"));
        const at = await top("joining");
        await page.click("#wide");
        await page.click("#wide");
        assert.ok(Math.abs((await top("joining")) - at) < 4, `the section moved from ${at} to ${await top("joining")}`);
        await page.click("#wide");
        await page.click('#lessons a[data-lesson="residual"]');
        await until(page, () => document.querySelector("#lesson > article:not([hidden])").dataset.lesson === "residual");
        assert.equal(await hasProse(page), true);
      }));

    test("but not on a phone, where a link that asks for it shows both", () =>
      inPage({ ...PHONE, hash: "#wide=on" }, async (page) => {
        assert.equal(await hasProse(page), true);
        assert.equal(await page.isVisible("#wide"), false);
      }));
  });

  for (const width of [320, 390, 820, 1100, 1440, 2200]) {
    test(`needs no sideways scrolling at ${width} px`, () =>
      inPage({ viewport: { width, height: 800 } }, async (page) => {
        for (const language of ["en", "ko"]) {
          const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
          assert.ok(wide <= 0, `${language}: ${wide} px too wide`);
          await page.click("#language");
        }
      }));
  }

  test("has controls that a finger can hit, on a phone", () =>
    inPage(PHONE, async (page) => {
      assert.deepEqual(await tooSmall(page), []);
    }));

  for (const [size, options] of Object.entries({ phone: PHONE, desktop: DESKTOP })) {
    for (const colorScheme of ["light", "dark"]) {
      for (const lang of ["en", "ko"]) {
        test(`axe finds nothing serious: ${size}, ${colorScheme}, ${lang}`, () =>
          inPage({ ...options, colorScheme, hash: `#lang=${lang}` }, async (page) => {
            assert.deepEqual(await violations(page), []);
          }));
      }
    }
  }
});
