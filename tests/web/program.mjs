// The WebAssembly program in Node, without a canvas: what tests call instead of a page.
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const file = process.env.CNNLAB_WEB ?? join(root, "build/web-single/bin/cnnlab_web.js");

/** A new instance: call.NAME(…) takes numbers, strings and null; text.NAME(…) returns a string. */
export async function load() {
  const module = await createRequire(import.meta.url)(file)();
  const call = (name, returned, values) =>
    module.ccall(name, returned, values.map((value) => (typeof value === "string" ? "string" : "number")), values);
  const functions = (returned) =>
    new Proxy({}, { get: (_, name) => (...values) => call(name, returned, values) });
  const number = functions("number"), text = functions("string");
  return {
    number,
    text,
    json: (name, ...values) => JSON.parse(text[name](...values)),
    /** Copies bytes in, calls work(pointer), frees them. */
    withBytes(bytes, work) {
      const pointer = number.cnnlab_alloc(Math.max(bytes.length, 1));
      module.HEAPU8.set(bytes, pointer);
      try {
        return work(pointer);
      } finally {
        number.cnnlab_free(pointer);
      }
    },
    /** The bytes that lab_weights or train_weights returns. */
    bytes(name) {
      const size = number.cnnlab_alloc(4);
      const pointer = number[name](size);
      const count = new DataView(module.HEAPU8.buffer).getUint32(size, true);
      const copy = module.HEAPU8.slice(pointer, pointer + count);
      number.cnnlab_free(size);
      return copy;
    },
  };
}

/**
 * Images that are easy to tell apart: digit d is a bright bar across rows 2d + 4 and 2d + 5, on noise.
 * @returns {{images: Uint8Array, labels: Uint8Array}}
 */
export function bars(count, seed = 1) {
  const images = new Uint8Array(count * 784), labels = new Uint8Array(count);
  let state = seed;
  const random = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  for (let i = 0; i < count; ++i) {
    labels[i] = Math.floor(random() * 10);
    for (let pixel = 0; pixel < 784; ++pixel) images[i * 784 + pixel] = random() * 60;
    const top = (2 * labels[i] + 4) * 28;
    images.fill(230, i * 784 + top + 4, i * 784 + top + 24);
    images.fill(230, i * 784 + top + 32, i * 784 + top + 52);
  }
  return { images, labels };
}
