// Makes a WebGL context, for graphics.ts.
const context = typeof OffscreenCanvas === "undefined" ? null : new OffscreenCanvas(1, 1).getContext("webgl2");
context?.finish(); // now it is really there
postMessage(null);
