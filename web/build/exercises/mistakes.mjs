// The mistakes that the homework's tests compile (tests/homework/answers.cmake), as sources: an exercise offers their lines.
import { readSource } from "./region.mjs";

const FILE = "tests/homework/answers.cmake";

// answer(residual no_relu [[return relu(y);]] [[return y;]]) → ["residual", "no_relu", "return relu(y);", "return y;"]
function* calls(text) {
  const rest = text.replace(/^#.*$/gm, "").replace(/^function[\s\S]*?^endfunction\(\)/gm, "");
  for (const [, body] of rest.matchAll(/^answer\(((?:\[\[[\s\S]*?\]\]|[^()[\]]|\[(?!\[))*)\)/gm)) {
    yield [...body.matchAll(/\[\[\n?([\s\S]*?)\]\]|"([^"]*)"|([^\s"]+)/g)].map(([, bracketed, quoted, bare]) => bracketed ?? quoted ?? bare);
  }
}

/**
 * A right answer to a homework, spoilt by a mistake.
 * @param {string} root the source tree
 * @param {string} homework "residual"
 * @param {string} mistake "no_relu"
 * @returns {string} the whole source. Throws for a mistake that nothing compiles.
 */
export function mistaken(root, homework, mistake) {
  const call = [...calls(readSource(root, FILE))].find(([of, name]) => of === homework && name === mistake);
  if (!call) throw new Error(`${FILE} has no mistake "${mistake}" of the homework ${homework}`);
  let source = readSource(root, `tests/homework/answers/${homework}.hpp`);
  for (let at = 2; at + 1 < call.length; at += 2) {
    if (!source.includes(call[at])) throw new Error(`${FILE}: ${homework}_${mistake} replaces what is not there: ${call[at]}`);
    source = source.replaceAll(call[at], () => call[at + 1]);
  }
  return source;
}
