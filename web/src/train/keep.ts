// A training that is kept in this browser, to go on after the page was closed: one, in IndexedDB.
import type { RunSettings } from "./protocol";
import type { Run } from "./runs";

export interface Kept {
  date: number; // milliseconds since 1970
  settings: RunSettings; // as they are now
  run: Run; // its curve so far
  past: Run[]; // runs kept for comparison
  checkpoint: Uint8Array<ArrayBuffer>;
  epoch: number;
  step: number;
}

const STORE = "training";
const KEY = "last";

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("IndexedDB failed"));
  });
}

async function use<T>(mode: IDBTransactionMode, work: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const opening = indexedDB.open("cnnlab", 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
  const database = await settled(opening);
  try {
    const transaction = database.transaction(STORE, mode);
    const done = new Promise<void>((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error ?? new Error("IndexedDB gave up")); // also when the disk is full
    });
    const [result] = await Promise.all([settled(work(transaction.objectStore(STORE))), done]);
    return result;
  } finally {
    database.close();
  }
}

export const keep = (kept: Kept): Promise<unknown> => use("readwrite", (store) => store.put(kept, KEY));
export const forget = (): Promise<unknown> => use("readwrite", (store) => store.delete(KEY));
/** Null when nothing is kept. */
export const kept = async (): Promise<Kept | null> => ((await use("readonly", (store) => store.get(KEY))) as Kept | undefined) ?? null;
