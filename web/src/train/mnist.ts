// The data sets in pieces, fetched when they are wanted.
import { assets, type Piece } from "virtual:page";

export const PIXELS = 28 * 28;

export type DataName = "mnist" | "fashion";
/** Those that the page was built with. */
export const DATA: readonly DataName[] = assets.fashion ? ["mnist", "fashion"] : ["mnist"];
export const piecesOf = (data: DataName): { train: Piece[]; test: Piece[] } => assets[data] ?? assets.mnist;
export const sum = (pieces: Piece[]): number => pieces.reduce((all, { count }) => all + count, 0);

export interface Images {
  count: number;
  labels: Uint8Array<ArrayBuffer>;
  images: Uint8Array<ArrayBuffer>; // count · 28 · 28, light on dark
}

/** Fetches and unpacks a piece. `base`: the page's address. */
export async function fetchPiece({ count, file }: Piece, base: string): Promise<Images> {
  const response = await fetch(new URL(file, base));
  if (!response.ok || !response.body) throw new Error(`${file}: ${response.status} ${response.statusText}`);
  let bytes = new Uint8Array(await response.arrayBuffer());
  // Some servers send .gz files so that the browser unpacks them on the way.
  if (bytes[0] === 0x1f && bytes[1] === 0x8b && bytes.length !== count * (PIXELS + 1)) {
    const unpacked = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    bytes = new Uint8Array(await new Response(unpacked).arrayBuffer());
  }
  if (bytes.length !== count * (PIXELS + 1)) throw new Error(`${file}: ${bytes.length} bytes are not ${count} images`);
  return { count, labels: bytes.slice(0, count), images: bytes.slice(count) };
}

// The test sets' pieces that were looked at: at most 8 MB each, once all were.
const tests = new Map<Piece, Promise<Images>>();

/** One of the 10,000 test images. */
export async function testImage(index: number, data: DataName = "mnist"): Promise<{ pixels: Uint8Array<ArrayBuffer>; label: number }> {
  const pieces = piecesOf(data).test;
  const size = pieces[0]!.count;
  const piece = pieces[Math.floor(index / size)];
  if (!piece) throw new Error(`there is no test image ${index}`);
  const fetched = tests.get(piece) ?? fetchPiece(piece, document.baseURI);
  tests.set(piece, fetched);
  const { labels, images } = await fetched.catch((error: unknown) => {
    tests.delete(piece); // so that the next try fetches again
    throw error;
  });
  const place = index % size;
  return { pixels: images.subarray(place * PIXELS, (place + 1) * PIXELS), label: labels[place]! };
}
