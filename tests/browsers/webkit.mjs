// WebKit, the engine of Safari, as WebKitGTK builds it for Linux: its small browser, by WebDriver.
import { spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "../page/support/browser.mjs";

const PATIENCE = 60_000;
const KEYS = { ArrowRight: "\uE014" };

// It lies in a folder of the machine's architecture.
function miniBrowser() {
  const found = readdirSync("/usr/lib").map((folder) => join("/usr/lib", folder, "webkit2gtk-4.1/MiniBrowser")).find(existsSync);
  if (!found) throw new Error("WebKitGTK's MiniBrowser is needed: install webkit2gtk-driver");
  return found;
}

/**
 * Opens WebKit on a display. Returns {go(url), size(width, height), run(function, ...arguments), drag(strokes), press(key),
 * close()}: `run` calls a function in the page and waits for what it promises; sizes, and strokes, which are lists of points
 * [x, y], are in CSS pixels of the viewport (WebKit's is 447 wide at least).
 */
export async function openWebKit(display) {
  const port = await freePort();
  const driver = spawn("WebKitWebDriver", [`--port=${port}`], { stdio: "ignore", env: { ...process.env, DISPLAY: display, LIBGL_ALWAYS_SOFTWARE: "1" } });
  const send = async (method, path, body) => {
    const answer = await fetch(`http://127.0.0.1:${port}/session${path}`, { method, body: body && JSON.stringify(body) });
    const { value } = await answer.json();
    if (value?.error) throw new Error(`${value.error}: ${value.message}`);
    return value;
  };
  const begin = async (patience) => {
    try {
      return await send("POST", "", { capabilities: { alwaysMatch: { "webkitgtk:browserOptions": { binary: miniBrowser(), args: ["--automation"] } } } });
    } catch (error) {
      if (patience === 0 || error.message !== "fetch failed") throw error;
      await new Promise((done) => setTimeout(done, 100)); // until the driver listens
      return begin(patience - 1);
    }
  };
  const { sessionId } = await begin(100);
  const inSession = (path, body) => send("POST", `/${sessionId}${path}`, body);
  // The driver says that a page is there while the one before it still answers.
  const arrive = async (url) => {
    await inSession("/url", { url });
    const there = () => inSession("/execute/sync", { script: "return location.href === arguments[0] && document.readyState === 'complete'", args: [url] });
    for (const end = Date.now() + PATIENCE; !(await there()); await new Promise((done) => setTimeout(done, 50))) {
      if (Date.now() > end) throw new Error(`${url} was not there after ${PATIENCE / 1000} s`);
    }
  };
  await inSession("/timeouts", { script: 120_000, pageLoad: PATIENCE });
  const BARS = 38; // of the window, above the page
  const size = (width, height) => inSession("/window/rect", { x: 0, y: 0, width, height: height + BARS });
  await size(1440, 900);
  return {
    size,
    async go(url) {
      await arrive("about:blank"); // a hash alone would not load the page again
      await arrive(url);
    },
    async run(work, ...given) {
      const script = `const [given, done] = arguments; Promise.resolve((${work})(...given)).then((value) => done({ value }), (error) => done({ error: String(error) }))`;
      const { value, error } = await inSession("/execute/async", { script, args: [given] });
      if (error) throw new Error(error);
      return value;
    },
    async drag(strokes) {
      const move = ([x, y]) => ({ type: "pointerMove", duration: 0, x: Math.round(x), y: Math.round(y) });
      const actions = strokes.flatMap(([first, ...rest]) => [move(first), { type: "pointerDown", button: 0 }, ...rest.map(move), { type: "pointerUp", button: 0 }]);
      await inSession("/actions", { actions: [{ type: "pointer", id: "mouse", parameters: { pointerType: "mouse" }, actions }] });
    },
    press: (key) => inSession("/actions", { actions: [{ type: "key", id: "keys", actions: [{ type: "keyDown", value: KEYS[key] }, { type: "keyUp", value: KEYS[key] }] }] }),
    async close() {
      await send("DELETE", `/${sessionId}`);
      driver.kill();
    },
  };
}
