// Serves the built page: node web/serve.mjs FOLDER [--port N]
// The two Cross-Origin headers make the page cross-origin isolated, which threads in WebAssembly need. Any other static
// server does as well; without the headers the page runs in one thread.
import { createReadStream } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, resolve, sep } from "node:path";
import { gzipSync } from "node:zlib";
import { POLICY } from "./build/policy.mjs";

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".wasm": "application/wasm",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".woff2": "font/woff2",
  ".ttf": "font/ttf",
  ".txt": "text/plain; charset=utf-8",
  ".gz": "application/gzip", // a file as it is: the page unpacks it itself
};
const PACKED = new Set([".html", ".js", ".mjs", ".css", ".json", ".wasm", ".svg", ".txt", ".safetensors"]);
const HOST = "127.0.0.1"; // this machine alone; to others a plain http page would not be cross-origin isolated anyway
const DEFAULT_PORT = 8080;

const [folder, option, value] = process.argv.slice(2);
if (!folder || (option && (option !== "--port" || !/^\d+$/.test(value ?? "")))) {
  console.error("usage: node web/serve.mjs FOLDER [--port N]");
  process.exit(2);
}
const root = resolve(folder);
const wanted = option ? Number(value) : DEFAULT_PORT;

/** The file that a request's path names, or null where there is none inside the folder. */
async function find(url) {
  try {
    const path = decodeURIComponent(new URL(url, "http://localhost").pathname);
    let file = join(root, path);
    if (path.includes("\0") || (file !== root && !file.startsWith(root + sep))) return null;
    let info = await stat(file);
    if (info.isDirectory()) {
      file = join(file, "index.html");
      info = await stat(file);
    }
    return info.isFile() ? { file, info } : null;
  } catch {
    return null; // malformed, or not there
  }
}

const packedFiles = new Map(); // by name and time of change

async function packed({ file, info }) {
  const key = `${file} ${info.mtimeMs}`;
  if (!packedFiles.has(key)) packedFiles.set(key, gzipSync(await readFile(file)));
  return packedFiles.get(key);
}

async function answer(request, response) {
  const headers = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Security-Policy": `${POLICY}; frame-ancestors 'none'`,
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-cache", // ask again each time, so that a rebuilt page is seen at once
  };
  const text = (status, words) => {
    response.writeHead(status, { ...headers, "Content-Type": "text/plain; charset=utf-8" });
    response.end(words + "\n");
  };
  if (request.method !== "GET" && request.method !== "HEAD") return text(405, "only GET and HEAD");
  const found = await find(request.url);
  if (!found) return text(404, "not found");
  headers["Last-Modified"] = found.info.mtime.toUTCString();
  if (request.headers["if-modified-since"] === headers["Last-Modified"]) {
    response.writeHead(304, headers);
    return response.end();
  }
  headers["Content-Type"] = TYPES[extname(found.file)] ?? "application/octet-stream";
  if (PACKED.has(extname(found.file))) {
    headers["Vary"] = "Accept-Encoding";
    if (/\bgzip\b/.test(request.headers["accept-encoding"] ?? "")) {
      const bytes = await packed(found);
      response.writeHead(200, { ...headers, "Content-Encoding": "gzip", "Content-Length": bytes.length });
      return response.end(request.method === "HEAD" ? undefined : bytes);
    }
  }
  headers["Content-Length"] = found.info.size;
  response.writeHead(200, headers);
  if (request.method === "HEAD") return response.end();
  createReadStream(found.file).on("error", () => response.destroy()).pipe(response);
}

const server = createServer((request, response) => answer(request, response).catch(() => response.destroy()));
server.on("error", (error) => {
  if (error.code === "EADDRINUSE" && !option) {
    console.log(`Port ${wanted} is taken: using a free one.`);
    server.listen(0, HOST);
    return;
  }
  const reason = { EADDRINUSE: "it is taken", EACCES: "it is not allowed" }[error.code] ?? error.message;
  console.error(`lab: cannot serve on port ${wanted}: ${reason}; choose another by --port N`);
  process.exit(1);
});
server.on("listening", () => {
  console.log(`CNN Lab: http://localhost:${server.address().port}/\nCtrl-C ends it.`);
});
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(0));
server.listen(wanted, HOST);
