// C++ in colours, line by line. Classes only: the colours are CSS variables (styles/code.css).
import hljs from "highlight.js/lib/core";
import cpp from "highlight.js/lib/languages/cpp";

hljs.registerLanguage("cpp", cpp);

/** One piece of HTML for each line; a span that goes over several lines is closed and opened again at each break. */
export function highlightLines(source) {
  const html = hljs.highlight(source.replace(/\n$/, ""), { language: "cpp", ignoreIllegals: true }).value;
  const open = [];
  return html.split("\n").map((line) => {
    const start = open.join("");
    for (const [tag] of line.matchAll(/<span[^>]*>|<\/span>/g)) {
      if (tag === "</span>") open.pop();
      else open.push(tag);
    }
    return start + line + "</span>".repeat(open.length);
  });
}

/** A file's lines as the elements that a learner sees: one a line, with data-file and data-line. */
export function codeLines(file, source, first = 1, last = Infinity) {
  return highlightLines(source)
    .map((html, index) => ({ html, number: index + 1 }))
    .filter(({ number }) => number >= first && number <= last)
    .map(({ html, number }) => `<span class="line" data-file="${file}" data-line="${number}">${html || "&#8203;"}</span>`)
    .join("");
}

/**
 * The region of a source that begins at the first line containing `text` and ends with the next line that begins, with
 * the same indentation, with "}". Returns its first and last line, counted from 1, or null.
 */
export function findRegion(source, text) {
  const lines = source.split("\n");
  const first = lines.findIndex((line) => line.includes(text));
  if (first < 0) return null;
  const end = lines[first].match(/^\s*/)[0] + "}";
  const last = lines.findIndex((line, index) => index > first && line.startsWith(end));
  return last < 0 ? null : { first: first + 1, last: last + 1 };
}
