// What the page says of a drawing, in both languages.
import { count, into, join, percent } from "../format";
import type { Prediction } from "../lab";
import type { Language, Stage } from "../state";
import type { Tuned } from "./tune_protocol";

/** Where the weights come from that read the drawing. */
export type Source = "shipped" | "untrained" | "training" | "loaded" | "tuned";

const runnerUp = ({ digit, probabilities }: Prediction): number =>
  probabilities.reduce((best, p, i) => (i !== digit && (best < 0 || p > probabilities[best]!) ? i : best), -1);

export interface DrawWords {
  prediction(read: Prediction | null, source: Source): string;
  /** What a stage of preparation does for this drawing; `otherwise`: what would be read with it switched the other way. */
  why(stage: Stage, on: boolean, digit: number | null, otherwise: { digit: number; probability: number } | undefined): string;
  pad: string;
  cell(row: number, column: number, filled: boolean): string;
  kept(drawings: number): string;
  keptNow(label: number): string;
  tuning: string;
  tuned(result: Tuned): string;
  notTuned(reason: string): string;
  keptDigit(label: number, read: number): string;
  remove(label: number): string;
  cannotKeep: string;
}

const en: DrawWords = {
  prediction: (read, source) => {
    const who = { shipped: "", untrained: "The network is untrained: its weights are still random.", training: "Read with the weights that are being trained.", loaded: "Read with the weights that were loaded.", tuned: "Read with weights that were trained on your drawings." }[source];
    if (!read) return join("Nothing is drawn yet: draw a digit on the pad.", source === "untrained" && who);
    const next = runnerUp(read);
    return join(`Read as ${read.digit}, ${percent(read.probabilities[read.digit]!)}; next comes ${next}, ${percent(read.probabilities[next]!)}.`, who);
  },
  why: (stage, on, digit, otherwise) => {
    if (digit === null || !otherwise) {
      return { crop: "Only the part with ink goes on.", scale: "The longer side becomes 20 pixels, as in MNIST.", center: "The centre of mass goes to the middle." }[stage];
    }
    const read = `${otherwise.digit === digit ? "still" : "read as"} ${otherwise.digit}, ${percent(otherwise.probability)}.`;
    return on ? `Without: ${read}` : `Switched off. With it: ${read}`;
  },
  pad: "Drawing pad, a grid of 28 by 28 cells",
  cell: (row, column, filled) => `row ${row}, column ${column}, ${filled ? "filled" : "empty"}`,
  kept: (drawings) => `${drawings} kept ${drawings === 1 ? "drawing" : "drawings"}`,
  keptNow: (label) => `Kept as a ${label}.`,
  tuning: "Training on the kept drawings …",
  tuned: ({ kept, test }) =>
    `Of the kept drawings, ${kept.after} of ${kept.total} are read now (before: ${kept.before}); of MNIST’s first ${count(test.total)} test digits ${count(test.after)} (before: ${count(test.before)}).` +
    (test.before - test.after > test.total / 50 ? " Trained on a few drawings alone, the network forgets others." : ""),
  notTuned: (reason) => `The training failed: ${reason}`,
  keptDigit: (label, read) => `a ${label} that was read as ${read}`,
  remove: (label) => `Remove this ${label}`,
  cannotKeep: "This browser keeps nothing for this page: the drawings last for this visit.",
};

const ko: DrawWords = {
  prediction: (read, source) => {
    const who = { shipped: "", untrained: "아직 학습하지 않은 신경망이라 가중치가 무작위예요.", training: "지금 학습 중인 가중치로 읽었어요.", loaded: "불러온 가중치로 읽었어요.", tuned: "모아 둔 그림으로 더 학습한 가중치로 읽었어요." }[source];
    if (!read) return join("아직 그린 것이 없어요. 그림판에 숫자를 써 보세요.", source === "untrained" && who);
    const next = runnerUp(read);
    return join(`${into(read.digit)} 읽었어요, ${percent(read.probabilities[read.digit]!)}. 다음은 ${next}, ${percent(read.probabilities[next]!)}.`, who);
  },
  why: (stage, on, digit, otherwise) => {
    if (digit === null || !otherwise) {
      return { crop: "잉크가 있는 부분만 남겨요.", scale: "MNIST처럼 긴 변을 20픽셀로 맞춰요.", center: "무게중심을 한가운데로 옮겨요." }[stage];
    }
    const read = `${otherwise.digit === digit ? `그래도 ${into(otherwise.digit)}` : into(otherwise.digit)} 읽어요, ${percent(otherwise.probability)}.`;
    return on ? `이 단계를 빼면 ${read}` : `꺼져 있어요. 켜면 ${read}`;
  },
  pad: "그림판, 가로세로 28칸",
  cell: (row, column, filled) => `${row}행 ${column}열, ${filled ? "칠함" : "빈칸"}`,
  kept: (drawings) => `모아 둔 그림 ${drawings}장`,
  keptNow: (label) => `${into(label)} 모아 두었어요.`,
  tuning: "모아 둔 그림으로 학습하고 있어요…",
  tuned: ({ kept, test }) =>
    `모아 둔 그림은 ${kept.total}장 중 ${kept.after}장을 맞혀요(전에는 ${kept.before}장). MNIST 테스트 숫자 ${count(test.total)}장 중에서는 ${count(test.after)}장을 맞혀요(전에는 ${count(test.before)}장).` +
    (test.before - test.after > test.total / 50 ? " 그림 몇 장만 보고 배우면 전에 알던 것을 잊어버려요." : ""),
  notTuned: (reason) => `학습하지 못했어요: ${reason}`,
  keptDigit: (label, read) => `${into(read)} 잘못 읽은 ${label}`,
  remove: (label) => `이 ${label} 빼기`,
  cannotKeep: "이 브라우저가 저장을 허락하지 않아서, 모아 둔 그림은 이번에만 볼 수 있어요.",
};

export const drawWords = (language: Language): DrawWords => (language === "ko" ? ko : en);
