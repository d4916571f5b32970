// In Chromium: a worker, as the page trains in one, which does what bench.mjs asks.
let measure;
const does = {
  async open({ script, lesson }) {
    importScripts(script);
    const { measurer } = await import("/tests/page/bench/measure.mjs");
    const locateFile = (name) => new URL(name, script).href;
    measure = await measurer(() => createCnnLab({ locateFile, mainScriptUrlOrBlob: script }), lesson);
    return measure.maxThreads;
  },
  setThreads: ({ threads }) => measure.setThreads(threads),
  run: ({ work, seconds }) => measure.run(work, seconds),
};

onmessage = async ({ data: { name, values } }) => {
  try {
    postMessage({ value: await does[name](values) });
  } catch (error) {
    postMessage({ problem: String(error) });
  }
};
