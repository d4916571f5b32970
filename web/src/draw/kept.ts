// The drawings that a learner has kept with what they were meant to be: for this visit, or longer when the learner agrees.
import { PIXELS } from "../train/mnist";

export interface Kept {
  pixels: Uint8Array<ArrayBuffer>; // 28·28, as the network saw it
  label: number;
  read: number; // what the network took it for
}

const DATABASE = "cnnlab";
const STORE = "kept";

function request<T>(asked: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error as Error);
  });
}

async function table(mode: IDBTransactionMode): Promise<IDBObjectStore> {
  const opening = indexedDB.open(DATABASE, 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
  return (await request(opening)).transaction(STORE, mode).objectStore(STORE);
}

/** What an earlier visit has left; nothing where the browser keeps nothing. */
export async function recallKept(): Promise<Kept[]> {
  try {
    return (await request<Kept[] | undefined>((await table("readonly")).get(STORE))) ?? [];
  } catch {
    return [];
  }
}

/** Stores the drawings for later visits; an empty list leaves nothing behind. Throws where the browser refuses. */
export async function storeKept(kept: Kept[]): Promise<void> {
  const place = await table("readwrite");
  await (kept.length > 0 ? request(place.put(kept, STORE)) : request(place.delete(STORE)));
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
