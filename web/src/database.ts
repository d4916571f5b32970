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

// Open as long as the page is, so that what is asked for is on its way at once, even if the page is closed next.
let database: Promise<IDBDatabase> | null = null;

async function open(): Promise<IDBDatabase> {
  const opening = indexedDB.open("cnnlab", VERSION);
  opening.onupgradeneeded = () => {
    for (const name of TABLES) opening.result.createObjectStore(name);
  };
  const opened = await settled(opening);
  opened.onclose = () => (database = null); // the browser's data were cleared
  return opened;
}

async function use<T>(table: Table, mode: IDBTransactionMode, work: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  database ??= open();
  database.catch(() => (database = null));
  const transaction = (await database).transaction(table, mode);
  const done = new Promise<void>((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error ?? new Error("IndexedDB gave up")); // also when the disk is full
  });
  const request = work(transaction.objectStore(table));
  transaction.commit(); // else the browser waits for this page's word after the request, and gives up when it has gone
  const [result] = await Promise.all([settled(request), done]);
  return result;
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
