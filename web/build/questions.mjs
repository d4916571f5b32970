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
import { readBlock, readParts } from "./blocks.mjs";

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
function parse(parts, where) {
  const answers = parts.map(({ mark, value, text }) => ({ right: mark === "=", value: mark === "*" ? "" : evaluate(value, where), text }));
  for (const [what, wanted] of [["one right answer", ({ right }) => right], ['one "*"', ({ value }) => value === ""]])
    if (answers.filter(wanted).length !== 1) throw new Error(`${where}: a question has ${what}`);
  return answers;
}

/** A block rule of markdown-it. */
export function question(state, startLine, endLine, silent) {
  const block = readBlock(state, startLine, endLine);
  if (!block) return false;
  if (silent) return true;
  const { env, md } = state;
  const [asked, ...parts] = readParts([block.begin, ...block.lines], ["=", "-", "*"]);
  env.questions = (env.questions ?? 0) + 1;
  const token = state.push("html_block", "", 0);
  token.content = render(`question-${env.lesson.id}-${env.questions}-${env.language}`, md.renderInline(asked.text, env),
    parse(parts, block.where).map((answer) => ({ ...answer, html: md.renderInline(answer.text, env) })), WORDS[env.language]);
  state.line = block.next;
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
