// A vite plugin: keeps of KaTeX's fonts only those that the page's formulas use, only as woff2, and of these only the
// characters in the formulas, which is less than half.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import subsetFont from "subset-font";

const LICENSE = [13, 14]; // where a font's table of names has it

// What in KaTeX's HTML asks for which font.
const USES = {
  "Main-Regular": /katex/,
  "Math-Italic": /mathnormal/,
  "Main-Bold": /\bmathbf\b|textbf/,
  "Main-Italic": /\bmathit\b|textit/,
  "Main-BoldItalic": /mathboldit/,
  "Math-BoldItalic": /boldsymbol/,
  "AMS-Regular": /amsrm|mathbb/,
  "Caligraphic-Regular": /mathcal/,
  "Size1-Regular": /delimsizing size1|small-op|delim-size1/,
  "Size2-Regular": /delimsizing size2|large-op/,
  "Size3-Regular": /delimsizing size3/,
  "Size4-Regular": /delimsizing size4|delim-size4/,
};

export function katexFonts(prose) {
  const used = new Set(Object.keys(USES).filter((font) => USES[font].test(prose)));
  const characters = formulaText(prose);
  const cut = mkdtempSync(join(tmpdir(), "cnnlab-fonts-"));
  return {
    name: "cnnlab-katex-fonts",
    enforce: "pre",
    async transform(css, id) {
      if (!id.includes("katex.min.css")) return null;
      const folder = dirname(id);
      const cuts = new Map();
      for (const [, path, font] of css.matchAll(/url\((fonts\/KaTeX_([\w-]+)\.woff2)\)/g)) {
        if (!used.has(font)) continue;
        const file = join(cut, basename(path));
        writeFileSync(file, await subsetFont(readFileSync(resolve(folder, path)), characters, { targetFormat: "woff2", preserveNameIds: LICENSE }));
        cuts.set(font, relative(folder, file).replaceAll(sep, "/"));
      }
      return css.replace(/@font-face\{[^}]*\}/g, (face) => {
        const [, font] = face.match(/KaTeX_([\w-]+)\.woff2/) ?? [];
        return cuts.has(font) ? face.replace(/src:[^;}]*/, `src:url(${cuts.get(font)}) format("woff2")`) : "";
      });
    },
    closeBundle: () => rmSync(cut, { recursive: true, force: true }),
  };
}

/** The text that KaTeX's fonts show: of each formula's HTML that without tags, as it stands there. */
function formulaText(prose) {
  const escaped = "&<>\"'"; // they stand there as &amp; and the like
  return [...prose.matchAll(/<span class="katex-html"[^>]*>/g)].reduce((text, { index }) => text + textOf(prose, index), escaped);
}

// The text in the span that begins at `start`, spans in it included.
function textOf(html, start) {
  const tags = /<(\/?)span[^>]*>/g;
  tags.lastIndex = start;
  let [depth, end] = [0, start];
  do {
    const [, closes] = tags.exec(html);
    depth += closes ? -1 : 1;
    end = tags.lastIndex;
  } while (depth > 0);
  return html.slice(start, end).replace(/<[^>]*>/g, "");
}
