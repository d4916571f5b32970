// Runs beside the page (the build fills in its files: offline.mjs). It keeps them, so that the page works offline after the
// first visit, and adds the headers that isolate the page, which threads need, where the server does not send them.
const VERSION = /*VERSION*/ "";
const FIRST = /*FIRST*/ []; // kept at once
const LATER = /*LATER*/ []; // kept when they are asked for: data

const SCOPE = registration.scope;
const PREFIX = `cnnlab ${SCOPE} `; // caches are shared by all that lies on the same origin
const NAME = PREFIX + VERSION;
const START = new URL("index.html", SCOPE).href;
const isPage = (url) => url === SCOPE || url.endsWith(".html");
const KNOWN = new Set([...FIRST, ...LATER].map((file) => new URL(file, SCOPE).href));

const ISOLATION = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cross-Origin-Resource-Policy": "same-origin",
};

// The pages alone have names that stay when their content changes.
async function fetched(url) {
  const response = (!isPage(url) && (await caches.match(url))) || (await fetch(url, { cache: "no-cache" }));
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return response;
}

async function fill() {
  const cache = await caches.open(NAME);
  await Promise.all(FIRST.map(async (file) => {
    const url = new URL(file, SCOPE).href;
    await cache.put(url, await fetched(url));
  }));
}

// Data that an earlier version has kept and this one uses too moves over; the rest goes.
async function dropOthers() {
  const cache = await caches.open(NAME);
  for (const name of await caches.keys()) {
    if (!name.startsWith(PREFIX) || name === NAME) continue;
    const old = await caches.open(name);
    for (const { url } of await old.keys()) {
      if (KNOWN.has(url) && !(await cache.match(url))) await cache.put(url, await old.match(url));
    }
    await caches.delete(name);
  }
}

function isolated(response) {
  if (response.type === "opaqueredirect" || response.headers.has("Cross-Origin-Embedder-Policy")) return response;
  const headers = new Headers(response.headers);
  for (const [name, value] of Object.entries(ISOLATION)) headers.set(name, value);
  return new Response(response.body, { status: response.status, statusText: response.statusText, headers });
}

// A page comes from the server whenever there is one, so that a new version is seen at once.
async function page(request, url) {
  try {
    return await fetch(request);
  } catch (error) {
    const kept = await caches.match(url === SCOPE ? START : url);
    if (kept) return kept;
    throw error;
  }
}

async function file(request) {
  const kept = await caches.match(request.url);
  if (kept) return kept;
  const response = await fetch(request);
  if (response.ok) await (await caches.open(NAME)).put(request.url, response.clone());
  return response;
}

addEventListener("install", (event) => {
  skipWaiting();
  event.waitUntil(fill());
});
addEventListener("activate", (event) => event.waitUntil(dropOthers().then(() => clients.claim())));
addEventListener("fetch", (event) => {
  const { request } = event;
  const url = request.url.replace(/[?#].*/s, "");
  if (request.method !== "GET" || (url !== SCOPE && !KNOWN.has(url))) return;
  event.respondWith((isPage(url) ? page(request, url) : file(request)).then(isolated));
});
