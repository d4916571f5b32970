// A vite plugin: tells the program what was built (src/page.d.ts).
const MODULE = "virtual:page";

export function builtPage(lessons, assets) {
  const told = lessons.map(({ html, ...lesson }) => lesson);
  return {
    name: "cnnlab-built-page",
    resolveId: (id) => (id === MODULE ? `\0${MODULE}` : null),
    load: (id) => (id === `\0${MODULE}` ? `export const lessons = ${JSON.stringify(told)}, assets = ${JSON.stringify(assets)};` : null),
  };
}
