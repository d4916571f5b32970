// Prints Lighthouse's scores of the built page, for a phone and for a desktop, and what costs points:
//
//   npm ci --prefix tests/lighthouse && npm ci --prefix tests/page && node tests/lighthouse/lighthouse.mjs
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import lighthouse, { desktopConfig } from "lighthouse";
import { launch, serve, WEBGL } from "../page/support/browser.mjs";

export const FORMS = { phone: undefined, desktop: desktopConfig };
const CATEGORIES = ["performance", "accessibility", "best-practices"];

const freePort = () =>
  new Promise((done) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });

/** Lighthouse's result for one of FORMS: {scores: {performance, accessibility, "best-practices"} of 100, costs: string[]}. */
export async function judge(form, categories = CATEGORIES) {
  const [server, port] = await Promise.all([serve(), freePort()]);
  const browser = await launch([...WEBGL, `--remote-debugging-port=${port}`]);
  try {
    const { lhr } = await lighthouse(server.url, { port, logLevel: "error", onlyCategories: categories }, FORMS[form]);
    const failed = lhr.runtimeError?.message ?? Object.values(lhr.audits).find(({ scoreDisplayMode }) => scoreDisplayMode === "error")?.errorMessage;
    if (failed) throw new Error(`Lighthouse could not judge the page on a ${form}: ${failed}`);
    const all = Object.values(lhr.categories);
    const costs = all.flatMap(({ auditRefs }) =>
      auditRefs
        .filter(({ id, weight }) => weight > 0 && lhr.audits[id].score !== null && lhr.audits[id].score < 1)
        .map(({ id }) => `${id}: ${Math.round(100 * lhr.audits[id].score)} ${lhr.audits[id].displayValue ?? ""}`),
    );
    return { scores: Object.fromEntries(all.map(({ id, score }) => [id, Math.round(100 * score)])), costs };
  } finally {
    await browser.close();
    server.close();
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const form of Object.keys(FORMS)) {
    const { scores, costs } = await judge(form);
    console.log(`${form}: ${Object.entries(scores).map(([name, score]) => `${name} ${score}`).join(", ")}`);
    for (const cost of costs) console.log(`  ${cost}`);
  }
}
