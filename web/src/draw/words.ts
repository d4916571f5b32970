// What the page says of a drawing, in both languages.
import { join, percent } from "../format";
import type { Prediction } from "../lab";
import type { Language } from "../state";

/** Where the weights come from that read the drawing. */
export type Source = "shipped" | "untrained" | "training" | "loaded";

const runnerUp = ({ digit, probabilities }: Prediction): number =>
  probabilities.reduce((best, p, i) => (i !== digit && (best < 0 || p > probabilities[best]!) ? i : best), -1);

export interface DrawWords {
  prediction(read: Prediction | null, source: Source): string;
}

const en: DrawWords = {
  prediction: (read, source) => {
    const who = { shipped: "", untrained: "The network is untrained: its weights are still random.", training: "Read with the weights that are being trained.", loaded: "Read with the weights that were loaded." }[source];
    if (!read) return join("Draw a digit on the pad.", source === "untrained" && who);
    const next = runnerUp(read);
    return join(`Read as ${read.digit}, ${percent(read.probabilities[read.digit]!)}; next comes ${next}, ${percent(read.probabilities[next]!)}.`, who);
  },
};

// 로 or 으로 after a digit, as it is read aloud.
const into = (digit: number): string => `${digit}${[0, 3, 6].includes(digit) ? "으로" : "로"}`;

const ko: DrawWords = {
  prediction: (read, source) => {
    const who = { shipped: "", untrained: "아직 학습하지 않은 신경망이라 가중치가 무작위예요.", training: "지금 학습 중인 가중치로 읽었어요.", loaded: "불러온 가중치로 읽었어요." }[source];
    if (!read) return join("그림판에 숫자를 써 보세요.", source === "untrained" && who);
    const next = runnerUp(read);
    return join(`${into(read.digit)} 읽었어요, ${percent(read.probabilities[read.digit]!)}. 다음은 ${next}, ${percent(read.probabilities[next]!)}.`, who);
  },
};

export const drawWords = (language: Language): DrawWords => (language === "ko" ? ko : en);
