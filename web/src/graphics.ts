// The browser's graphics process, which takes its time for the first WebGL context. Whoever asks for that waits, so it is asked
// for in a worker, while the program loads.

/** Settles when a WebGL context can be had at once, or will not be had any faster. */
export function wakeGraphics(): Promise<void> {
  return new Promise((resolve) => {
    const worker = new Worker(new URL("./graphics_worker.ts", import.meta.url), { name: "graphics" });
    worker.onmessage = worker.onerror = () => {
      worker.terminate();
      resolve();
    };
  });
}
