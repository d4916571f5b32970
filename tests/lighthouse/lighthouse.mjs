// Prints Lighthouse's scores of the built page, for a phone and for a desktop, and what costs points; and beside them those of a
// page with one sentence on it, which tell what the machine at hand lets any page have:
//
//   npm ci --prefix tests/lighthouse && npm ci --prefix tests/page && node tests/lighthouse/lighthouse.mjs
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import lighthouse, { desktopConfig } from "lighthouse";
import { freePort, launch, serve, WEBGL } from "../page/support/browser.mjs";

export const FORMS = { phone: undefined, desktop: desktopConfig };
const CATEGORIES = ["performance", "accessibility", "best-practices"];

/** Lighthouse's result for the page in `folder`, the built one unless told, and one of FORMS: {scores: {performance, accessibility, "best-practices"} of 100, costs: string[]}. */
export async function judge(form, categories = CATEGORIES, folder = undefined) {
  const [server, port] = await Promise.all([serve(folder), freePort()]);
  const browser = await launch([...WEBGL, `--remote-debugging-port=${port}`]);
  try {
    // Without the picture of the whole page, which is long: no audit needs it, and a busy machine does not paint it in the time it has.
    const { lhr } = await lighthouse(server.url, { port, logLevel: "error", onlyCategories: categories, disableFullPageScreenshot: true }, FORMS[form]);
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

async function print(title, form, categories, folder) {
  const { scores, costs } = await judge(form, categories, folder);
  console.log(`${title}: ${Object.entries(scores).map(([name, score]) => `${name} ${score}`).join(", ")}`);
  for (const cost of costs) console.log(`  ${cost}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const bare = mkdtempSync(join(tmpdir(), "cnnlab-bare-"));
  try {
    writeFileSync(join(bare, "index.html"), '<!doctype html><html lang="en"><meta name="viewport" content="width=device-width" /><title>Bare</title><p>One sentence.</p></html>');
    for (const form of Object.keys(FORMS)) {
      await print(`a bare page, ${form}`, form, ["performance"], bare);
      await print(`the page, ${form}`, form);
    }
  } finally {
    rmSync(bare, { recursive: true });
  }
}
