// A vite plugin: keeps of KaTeX's fonts only those that the page's formulas use, and only as woff2.

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
  return {
    name: "cnnlab-katex-fonts",
    enforce: "pre",
    transform(css, id) {
      if (!id.includes("katex.min.css")) return null;
      return css.replace(/@font-face\{[^}]*\}/g, (face) => {
        const [url, font] = face.match(/url\(fonts\/KaTeX_([\w-]+)\.woff2\)/) ?? [];
        return used.has(font) ? face.replace(/src:[^;}]*/, `src:${url} format("woff2")`) : "";
      });
    },
  };
}
