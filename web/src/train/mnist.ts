// MNIST in pieces, fetched when they are wanted.
import { assets, type Piece } from "virtual:page";

export const PIXELS = 28 * 28;

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

let lastTest: { piece: Piece; images: Promise<Images> } | null = null;

/** One of the 10,000 test images. */
export async function testImage(index: number): Promise<{ pixels: Uint8Array; label: number }> {
  const pieces = assets.mnist.test;
  const piece = pieces[Math.floor(index / pieces[0]!.count)];
  if (!piece) throw new Error(`there is no test image ${index}`);
  if (lastTest?.piece !== piece) lastTest = { piece, images: fetchPiece(piece, document.baseURI) };
  const { labels, images } = await lastTest.images.catch((error: unknown) => {
    lastTest = null; // so that the next try fetches again
    throw error;
  });
  const place = index % pieces[0]!.count;
  return { pixels: images.subarray(place * PIXELS, (place + 1) * PIXELS), label: labels[place]! };
}
