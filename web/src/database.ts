// What the learner asked to keep in this browser: IndexedDB, a table for each kind of thing, one thing under one name.
const VERSION = 1;
const TABLES = ["kept drawings", "training"] as const;
export type Table = (typeof TABLES)[number];

const KEY = "last";

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("IndexedDB failed"));
  });
}

async function use<T>(table: Table, mode: IDBTransactionMode, work: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const opening = indexedDB.open("cnnlab", VERSION);
  opening.onupgradeneeded = () => {
    for (const name of TABLES) opening.result.createObjectStore(name);
  };
  const database = await settled(opening);
  try {
    const transaction = database.transaction(table, mode);
    const done = new Promise<void>((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error ?? new Error("IndexedDB gave up")); // also when the disk is full
    });
    const [result] = await Promise.all([settled(work(transaction.objectStore(table))), done]);
    return result;
  } finally {
    database.close();
  }
}

/** Keeps one thing for later visits, in place of the last. Throws where the browser refuses, or has no room. */
export async function keep(table: Table, thing: unknown): Promise<void> {
  await use(table, "readwrite", (store) => store.put(thing, KEY));
}

export async function forget(table: Table): Promise<void> {
  await use(table, "readwrite", (store) => store.delete(KEY));
}

/** What an earlier visit has kept; null when there is nothing, or the browser keeps nothing. */
export async function kept<T>(table: Table): Promise<T | null> {
  try {
    return ((await use(table, "readonly", (store) => store.get(KEY))) as T | undefined) ?? null;
  } catch {
    return null;
  }
}
