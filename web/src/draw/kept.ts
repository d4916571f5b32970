// A drawing that a learner has kept with what it was meant to be, and the files that many of them make.
import { PIXELS } from "../train/mnist";

export interface Kept {
  pixels: Uint8Array<ArrayBuffer>; // 28·28, as the network saw it
  label: number;
  read: number; // what the network took it for
}

/** The two files of an IDX set (lib/data/idx.hpp): images (N, 28, 28) and labels (N), bytes. */
export function idxFiles(kept: Kept[]): { images: Uint8Array<ArrayBuffer>; labels: Uint8Array<ArrayBuffer> } {
  const file = (sizes: number[], values: Uint8Array[]): Uint8Array<ArrayBuffer> => {
    const start = 4 + 4 * sizes.length;
    const bytes = new Uint8Array(start + values.reduce((sum, { length }) => sum + length, 0));
    const header = new DataView(bytes.buffer);
    header.setUint32(0, 0x0800 + sizes.length); // unsigned bytes, so many dimensions
    sizes.forEach((size, axis) => header.setUint32(4 + 4 * axis, size));
    let at = start;
    for (const some of values) {
      bytes.set(some, at);
      at += some.length;
    }
    return bytes;
  };
  return {
    images: file([kept.length, 28, 28], kept.map(({ pixels }) => pixels.slice(0, PIXELS))),
    labels: file([kept.length], [Uint8Array.from(kept, ({ label }) => label)]),
  };
}
