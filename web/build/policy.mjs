// What the page may load and run: its own files alone. The page carries it in a <meta> (template.mjs), so that it holds on any
// server; serve.mjs sends it as a header too.
//
// Styles: KaTeX places parts of formulas by style attributes, so these are allowed; no element <style> is.
export const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'", // WebAssembly, but no eval
  "worker-src 'self'",
  "style-src 'self'",
  "style-src-attr 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");
