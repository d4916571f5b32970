// Drawing by keyboard: a cursor on the pad's grid of 28×28 cells, which arrows move and space fills. What is drawn so goes the
// way of the pen's strokes.
import { element, setText } from "../dom";
import type { Program } from "../program";
import type { Store } from "../state";
import { drawWords } from "./words";

const SIDE = 28;
const ARROWS: Record<string, [down: number, right: number]> = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

export function startKeyboardPad(program: Program, store: Store, onDrawing: () => void): void {
  const [pad, cursor, words] = [element("pad"), element("pad-cursor"), element("pad-words")];
  let [row, column] = [4, 14];

  const label = (): void => pad.setAttribute("aria-label", drawWords(store.state.lang).pad);
  const show = (): void => {
    const filled = program.call("lab_cell", row, column, -1) === 1;
    Object.assign(cursor.style, { left: `${(100 * column) / SIDE}%`, top: `${(100 * row) / SIDE}%` });
    setText(words, drawWords(store.state.lang).cell(row + 1, column + 1, filled));
  };
  const fill = (ink: boolean): void => {
    program.call("lab_cell", row, column, ink ? 1 : 0);
    onDrawing();
  };
  const move = ([down, right]: [number, number]): void => {
    row = Math.min(Math.max(row + down, 0), SIDE - 1);
    column = Math.min(Math.max(column + right, 0), SIDE - 1);
  };

  pad.addEventListener("keydown", (event) => {
    const arrow = ARROWS[event.key];
    const control = event.ctrlKey || event.metaKey;
    if (arrow && !control) {
      move(arrow);
      if (event.shiftKey) fill(true);
    } else if (event.key === " ") fill(program.call("lab_cell", row, column, -1) === 0);
    else if (event.key === "Backspace" || event.key === "Delete") fill(false);
    else if (control && event.key.toLowerCase() === "z") element(event.shiftKey ? "redo" : "undo").click();
    else if (control && event.key.toLowerCase() === "y") element("redo").click();
    else return;
    event.preventDefault();
    show();
  });
  pad.addEventListener("focus", show);
  store.onChange((state, before) => {
    if (state.lang !== before.lang) label();
  });
  label();
}
