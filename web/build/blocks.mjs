// Blocks in a lesson's Markdown that begin with a line "??? …" and end with a line "???".

/**
 * The block that begins at `startLine`.
 * @returns {{begin: string, lines: string[], where: string, next: number} | null} what follows "??? ", the lines within, the
 *   place for messages, and the line after the block; null where no block begins
 */
export function readBlock(state, startLine, endLine) {
  const line = (at) => state.src.slice(state.bMarks[at] + state.tShift[at], state.eMarks[at]).trim();
  if (!/^\?\?\? \S/.test(line(startLine))) return null;
  const where = `${state.env.file}:${startLine + 1}`;
  let last = startLine + 1;
  while (last < endLine && line(last) !== "???") ++last;
  if (last === endLine) throw new Error(`${where}: a question ends with a line "???"`);
  const lines = Array.from({ length: last - startLine - 1 }, (_, index) => line(startLine + 1 + index));
  return { begin: line(startLine).slice("??? ".length), lines, where, next: last + 1 };
}

/**
 * Parts of a block: each begins with one of the `marks`, alone or with a space and something behind it, and goes on with text.
 * @returns {{mark: string, value: string, text: string}[]} what stands before the first one has the mark ""
 */
export function readParts(lines, marks) {
  const parts = [{ mark: "", value: "", text: [] }];
  for (const line of lines) {
    const mark = marks.find((known) => line === known || line.startsWith(`${known} `));
    if (mark) parts.push({ mark, value: line.slice(mark.length).trim(), text: [] });
    else parts.at(-1).text.push(line);
  }
  return parts.map(({ text, ...part }) => ({ ...part, text: text.join("\n").trim() }));
}
