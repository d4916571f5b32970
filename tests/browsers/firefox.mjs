// Firefox, by WebDriver BiDi.
import puppeteer from "puppeteer-core";

/** Opens Firefox on a display, as webkit.mjs opens WebKit. */
export async function openFirefox(display) {
  const browser = await puppeteer.launch({ browser: "firefox", executablePath: "/usr/bin/firefox-esr", headless: false, env: { ...process.env, DISPLAY: display, LIBGL_ALWAYS_SOFTWARE: "1" } });
  const page = await browser.newPage();
  const size = (width, height) => page.setViewport({ width, height });
  await size(1440, 900);
  return {
    size,
    async go(url) {
      await page.goto("about:blank"); // a hash alone would not load the page again
      await page.goto(url);
    },
    run: (work, ...given) => page.evaluate(work, ...given),
    async drag(strokes) {
      for (const [first, ...rest] of strokes) {
        await page.mouse.move(...first);
        await page.mouse.down();
        for (const point of rest) await page.mouse.move(...point);
        await page.mouse.up();
      }
    },
    press: (key) => page.keyboard.press(key),
    close: () => browser.close(),
  };
}
