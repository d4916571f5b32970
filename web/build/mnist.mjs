// MNIST's four IDX files, raw or gzipped (so Fashion-MNIST's are packed by Debian), cut into pieces that the page can begin to work with before it has all of them.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

const PIXELS = 28 * 28;
// Training starts on its first piece. The pieces of the test set are small, since one image of it is wanted at load.
const PIECE = { train: 10_000, test: 1_000 };
const FILES = { train: ["train-images-idx3-ubyte", "train-labels-idx1-ubyte"], test: ["t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"] };

// The body of an IDX file of unsigned bytes, after checking its header.
function readIdx(file, dimensions) {
  const bytes = existsSync(file) ? readFileSync(file) : gunzipSync(readFileSync(`${file}.gz`));
  const magic = bytes.readUInt32BE(0);
  if (magic !== 0x0800 + dimensions) throw new Error(`${file}: not an IDX file of bytes with ${dimensions} dimensions: magic ${magic}`);
  const sizes = Array.from({ length: dimensions }, (_, axis) => bytes.readUInt32BE(4 + 4 * axis));
  const start = 4 + 4 * dimensions;
  const wanted = sizes.reduce((product, size) => product * size, 1);
  if (bytes.length - start !== wanted) throw new Error(`${file}: ${bytes.length - start} bytes of data, but its header says ${wanted}`);
  return { count: sizes[0], data: bytes.subarray(start) };
}

/**
 * @param {string} folder
 * @returns {{train: Piece[], test: Piece[]}} Piece: {count, bytes}; bytes: `count` labels, then `count` images of 28·28
 */
export function readMnist(folder) {
  return Object.fromEntries(
    Object.entries(FILES).map(([set, [imageFile, labelFile]]) => {
      const images = readIdx(join(folder, imageFile), 3);
      const labels = readIdx(join(folder, labelFile), 1);
      if (images.count !== labels.count) throw new Error(`${folder}: ${images.count} images but ${labels.count} labels (${set})`);
      const pieces = [];
      for (let first = 0; first < images.count; first += PIECE[set]) {
        const last = Math.min(first + PIECE[set], images.count);
        const bytes = Buffer.concat([labels.data.subarray(first, last), images.data.subarray(first * PIXELS, last * PIXELS)]);
        pieces.push({ count: last - first, bytes });
      }
      return [set, pieces];
    }),
  );
}
