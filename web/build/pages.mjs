// The pages: one HTML file a lesson, which can be read without JavaScript. They share everything but the lesson's own parts, and
// the program of any of them brings those of the others into it (src/lessons/parts.ts).
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { POLICY } from "./policy.mjs";

/**
 * Fills index.html, as the bundler left it in `out`, for each lesson.
 * @param {string} out the built page
 * @param {object[]} lessons what renderLessons returned
 * @param {string} licenses the name of the file that addLicenses wrote
 */
export function writePages(out, lessons, licenses) {
  // The text comes first: the style and the fonts that it needs do not share the line with the program.
  const shell = readFileSync(join(out, "index.html"), "utf8").replace('<script type="module"', '$& fetchpriority="low"');
  const policy = `<meta http-equiv="Content-Security-Policy" content="${POLICY}" />`;
  const made = `<a href="${licenses}"><span lang="en">What others have made, and its licences</span><span lang="ko">다른 사람들이 만든 것과 그 라이선스</span></a>`;
  for (const lesson of lessons) {
    const parts = { policy, licenses: made, title: `<title>${lesson.title.en} · CNN Lab</title>`, list: list(lessons, lesson), ...lesson.html };
    const page = shell.replace(/<!--(\w+)-->/g, (_, name) => {
      if (!(name in parts)) throw new Error(`index.html asks for <!--${name}-->, which nothing provides`);
      return parts[name];
    });
    writeFileSync(join(out, lesson.page), page);
  }
}

const list = (lessons, current) =>
  lessons
    .map(({ id, page, title }, index) => {
      const names = Object.entries(title).map(([language, name]) => `<span lang="${language}">${index + 1}. ${name}</span>`);
      return `<a href="${page}" data-lesson="${id}"${id === current.id ? ' aria-current="page"' : ""}>${names.join("")}</a>`;
    })
    .join("\n");
