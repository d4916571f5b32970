// Measures the WebAssembly program at work: the same code in Node and in Chromium's worker (worker.mjs).

export const BATCH = 64, TESTED = 256; // images in a batch of training, and of testing (lib/train/evaluate.cpp)
const PIXELS = 28 * 28, IMAGES = 4096;

/** Noise, which costs what digits cost. */
function noise(count) {
  const images = new Uint8Array(count * PIXELS), labels = new Uint8Array(count);
  let state = 1;
  const random = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  for (let i = 0; i < images.length; ++i) images[i] = random() * 256;
  for (let i = 0; i < count; ++i) labels[i] = random() * 10;
  return { images, labels };
}

const breathe = () => new Promise((done) => setTimeout(done)); // threads start only when the program gives way

/** How many things a second `work` does, which says how many it did; rounds in which it did something else do not count. */
async function rate(work, seconds) {
  work(); // takes memory, fills caches
  let done = 0, spent = 0;
  while (spent < 1000 * seconds) {
    await breathe();
    const begun = performance.now(), count = work();
    if (count === 0) continue;
    done += count;
    spent += performance.now() - begun;
  }
  return (1000 * done) / spent;
}

/** An instance of the program: functions by name, which take numbers and strings. */
async function instance(create) {
  const program = await create();
  const call = (name, returned, values) => program.ccall(name, returned, values.map((value) => (typeof value === "string" ? "string" : "number")), values);
  return {
    number: (name, ...values) => call(name, "number", values),
    json: (name, ...values) => JSON.parse(call(name, "string", values)),
    checked(name, ...values) {
      const problem = call(name, "string", values);
      if (problem) throw new Error(problem);
    },
    put(bytes) {
      const pointer = call("cnnlab_alloc", "number", [bytes.length]);
      program.HEAPU8.set(bytes, pointer);
      return pointer;
    },
  };
}

/** @param create what cnnlab_web.js offers: makes an instance of the program */
export async function measurer(create, lesson) {
  const program = await instance(create);
  program.checked("train_create", JSON.stringify({ lesson, batch: BATCH, epochs: 1e6, total: IMAGES, test_total: TESTED, window: 0, log_every: 1e6 }));
  for (const [test, count] of [[0, IMAGES], [1, TESTED]]) {
    const { images, labels } = noise(count), pointers = [program.put(images), program.put(labels)];
    program.checked("train_add_data", test, ...pointers, count);
    for (const pointer of pointers) program.number("cnnlab_free", pointer);
  }
  const works = {
    train() {
      const { state, error } = program.json("train_advance", 0); // one batch
      if (error) throw new Error(error);
      return state === "training" ? BATCH : 0; // after an epoch it tests
    },
    infer: () => program.json("train_test", TESTED).total,
    one: () => program.json("train_test", 1).total,
  };
  return {
    maxThreads: program.json("cnnlab_info").max_threads,
    async setThreads(threads) {
      program.number("cnnlab_set_threads", threads);
      works.infer(); // asks for threads, which then take a moment to start
      await new Promise((done) => setTimeout(done, 200));
    },
    run: (work, seconds) => rate(works[work], seconds),
  };
}
