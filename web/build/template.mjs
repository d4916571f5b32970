// A vite plugin: fills <!--policy-->, <!--lesson--> and <!--code--> in index.html, and tells the program what was built (src/page.d.ts).
import { POLICY } from "./policy.mjs";

const MODULE = "virtual:page";

export function fillTemplate({ lessons, assets, html: parts }) {
  const html = { ...parts, policy: `<meta http-equiv="Content-Security-Policy" content="${POLICY}" />` };
  return {
    name: "cnnlab-template",
    resolveId: (id) => (id === MODULE ? `\0${MODULE}` : null),
    load: (id) => (id === `\0${MODULE}` ? `export const lessons = ${JSON.stringify(lessons)}, assets = ${JSON.stringify(assets)};` : null),
    transformIndexHtml: {
      order: "pre",
      handler: (page) =>
        page.replace(/<!--(\w+)-->/g, (_, name) => {
          if (!(name in html)) throw new Error(`index.html asks for <!--${name}-->, which nothing provides`);
          return html[name];
        }),
    },
  };
}
