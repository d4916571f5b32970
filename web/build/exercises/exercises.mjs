// The homework as exercises in a lesson's Markdown, since no browser compiles C++. Their code is that of the right answers
// which the homework's tests compile, and their wrong lines are the mistakes that those tests know:
//
//   ??? shapes tests/homework/answers/deeper.hpp "struct DeeperNet"     which shape comes out of each line?
//   What is asked.
//   > "conv1"                                           a line of that region with this text, below the one before
//   = {{homework_conv1_channels}} 24 24                 channels, height, width
//   What is said when all three are right.
//   - 10 _ _                                            a wrong answer; _ is any number
//   What is said to it.
//   *
//   What is said to all others.
//   ???
//
//   ??? order tests/homework/answers/residual.hpp "Variable forward"     put what it does in order
//   What is asked.
//   =
//   What is said when they are.
//   > y = bn2                                           a line of the region; said when it stands where an earlier one should
//   Why it has to wait.
//   - no_relu                                           a mistake: the line in which it differs is offered as well
//   What is said when it is used.
//   *
//   What is said to all others.
//   ???
//
// src/exercises/ checks; without scripts the right answers stand there.
import { readBlock } from "../blocks.mjs";
import { orderExercise } from "./order.mjs";
import { shapesExercise } from "./shapes.mjs";

const KINDS = { shapes: shapesExercise, order: orderExercise };
const WORDS = {
  en: { check: "Check", shapes: "Homework: fill in the shapes", order: "Homework: put the lines in order" },
  ko: { check: "확인", shapes: "숙제: 모양 채우기", order: "숙제: 줄 순서 맞추기" },
};

/** A block rule of markdown-it. */
export function exercise(state, startLine, endLine, silent) {
  const block = readBlock(state, startLine, endLine);
  const kind = block?.begin.match(/^(shapes|order) \S+\.hpp\b/)?.[1];
  if (!kind) return false;
  if (silent) return true;
  const { env, md } = state;
  env.exercises = (env.exercises ?? 0) + 1;
  const key = `${env.lesson.id}-${env.exercises}`; // equal in both languages, which share what was filled in
  const id = `exercise-${key}-${env.language}`;
  const words = WORDS[env.language];
  const { asked, html } = KINDS[kind]({ ...block, root: env.root, language: env.language, id, inline: (text) => md.renderInline(text, env) });
  state.push("html_block", "", 0).content = `<form class="question exercise ${kind}" data-exercise="${key}" novalidate aria-labelledby="${id}">
<p class="kind">${words[kind]}</p>
<p class="asked" id="${id}">${asked}</p>
${html.body}
<div class="row needs-script"><button type="submit">${words.check}</button></div>
<div class="verdict" role="status"></div>
${html.said ?? ""}
</form>\n`;
  state.line = block.next;
  return true;
}
