// What the exercises say, in both languages. Why an answer is wrong stands in the lessons' prose.
import type { Language } from "../state";

export interface ExerciseWords {
  right: string;
  wrong: string;
  // Shapes
  whole: string;
  shapes(right: number, total: number, empty: number): string;
  look(line: number): string;
  // Order
  drag(line: string): string;
  up(line: string): string;
  down(line: string): string;
  unused: string;
  place(line: string, place: number | null, lines: number): string;
  wrongLine(place: number): string;
  tooEarly: string;
  missing(after: number): string;
}

const en: ExerciseWords = {
  right: "Right.",
  wrong: "Not yet.",
  whole: "Type whole numbers.",
  shapes: (right, total, empty) => `${right} of ${total} shapes are right${empty > 0 ? `, ${empty} not filled in yet` : ""}.`,
  look: (line) => `Look at no. ${line} first:`,
  drag: (line) => `Move: ${line}`,
  up: (line) => `Up: ${line}`,
  down: (line) => `Down: ${line}`,
  unused: "What stands below is not needed",
  place: (line, place, lines) => `${line}: ${place === null ? "not needed" : `line ${place} of ${lines}`}.`,
  wrongLine: (place) => `${place > 1 ? `Up to line ${place - 1} all is right. ` : ""}Line ${place} is wrong:`,
  tooEarly: "This line comes later.",
  missing: (after) => `Up to line ${after} all is right. What comes next is still below.`,
};

const ko: ExerciseWords = {
  right: "맞았어요.",
  wrong: "아직 아니에요.",
  whole: "정수를 적어 주세요.",
  shapes: (right, total, empty) => `모양 ${total}개 중 ${right}개가 맞았어요${empty > 0 ? `(${empty}개는 아직 비어 있어요)` : ""}.`,
  look: (line) => `${line}번부터 볼까요?`,
  drag: (line) => `옮기기: ${line}`,
  up: (line) => `위로: ${line}`,
  down: (line) => `아래로: ${line}`,
  unused: "이 아래는 쓰지 않는 줄이에요",
  place: (line, place, lines) => `${line}: ${place === null ? "쓰지 않는 줄" : `${lines}줄 중 ${place}번째 줄`}.`,
  wrongLine: (place) => `${place > 1 ? `${place - 1}번째 줄까지는 맞아요. ` : ""}${place}번째 줄이 틀렸어요:`,
  tooEarly: "이 줄은 더 뒤에 와야 해요.",
  missing: (after) => `${after}번째 줄까지는 맞아요. 다음에 올 줄이 아직 아래에 있어요.`,
};

export const exerciseWords = (language: Language): ExerciseWords => (language === "ko" ? ko : en);
