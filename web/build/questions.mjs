// Questions with checked answers, in a lesson's Markdown:
//
//   ??? How many channels come out?
//   = {{inception_channels}}
//   What stands here is said when the answer is right.
//   - {{inception_in_first}}
//   What is said to those who answer this.
//   *
//   What is said to all others.
//   ???
//
// An answer is a number, or a sum of numbers such as "{{inception_channels}} + 16". It is right when it agrees in all decimals
// that the Markdown gives. src/questions.ts checks; without scripts the right answer stands below the question.
const WORDS = {
  en: { answer: "Your answer", check: "Check" },
  ko: { answer: "내 답", check: "확인" },
};

/** "88 + 16" → "104". Throws for what is no sum of numbers. */
export function evaluate(text, where) {
  const sum = text.replaceAll(",", "");
  if (!/^[\d.+\-*/() ]+$/.test(sum)) throw new Error(`${where}: "${text}" is not a number, nor a sum of numbers`);
  const value = Function(`return ${sum}`)();
  return /^-?[\d.]+$/.test(sum.trim()) ? sum.trim() : String(value);
}

// "= 88", "- 10", "*": each begins what is said to an answer.
function parse(lines, where) {
  const answers = [];
  for (const line of lines) {
    const [, kind, value] = line.match(/^([=*-])(?: (.*))?$/) ?? [];
    if (kind) answers.push({ right: kind === "=", value: kind === "*" ? "" : evaluate(value ?? "", where), text: [] });
    else if (answers.length === 0) throw new Error(`${where}: a question's answers begin with "= 88", "- 10" or "*"`);
    else answers.at(-1).text.push(line);
  }
  for (const [what, wanted] of [["one right answer", ({ right }) => right], ['one "*"', ({ value }) => value === ""]])
    if (answers.filter(wanted).length !== 1) throw new Error(`${where}: a question has ${what}`);
  return answers;
}

/** A block rule of markdown-it. */
export function question(state, startLine, endLine, silent) {
  const line = (at) => state.src.slice(state.bMarks[at] + state.tShift[at], state.eMarks[at]).trim();
  if (!/^\?\?\? \S/.test(line(startLine))) return false;
  if (silent) return true;
  const { env, md } = state;
  const where = `${env.file}:${startLine + 1}`;
  let last = startLine + 1;
  while (last < endLine && line(last) !== "???") ++last;
  if (last === endLine) throw new Error(`${where}: a question ends with a line "???"`);
  const lines = Array.from({ length: last - startLine - 1 }, (_, index) => line(startLine + 1 + index));
  const first = lines.findIndex((text) => /^=/.test(text));
  const asked = [line(startLine).slice(4), ...lines.slice(0, Math.max(first, 0))].join("\n");
  env.questions = (env.questions ?? 0) + 1;
  const token = state.push("html_block", "", 0);
  token.content = render(`question-${env.lesson.id}-${env.questions}-${env.language}`, md.renderInline(asked, env),
    parse(lines.slice(Math.max(first, 0)), where).map((answer) => ({ ...answer, html: md.renderInline(answer.text.join("\n"), env) })), WORDS[env.language]);
  state.line = last + 1;
  return true;
}

function render(id, asked, answers, words) {
  const said = answers.map(({ right, value, html }) => `<p data-answer="${value}"${right ? " data-right" : ""} hidden>${html}</p>`).join("\n");
  return `<form class="question" novalidate aria-labelledby="${id}">
<p class="asked" id="${id}">${asked}</p>
<div class="row needs-script"><template><input inputmode="decimal" autocomplete="off" aria-label="${words.answer}" aria-describedby="${id}" /></template><button type="submit">${words.check}</button></div>
<div class="verdict" role="status"></div>
${said}
</form>\n`;
}
