// What the page says of a step of the trace, in both languages.
import { count, join, shape, short } from "../format";
import type { Language } from "../state";
import type { Step } from "./trace";

export interface StepWords {
  step(step: Step): { title: string; what: string; cost: string; at: string };
  nothingDrawn: string;
  noTestImage(reason: string): string;
}

const dataInputs = (step: Step): string => step.inputs.filter(({ kind }) => kind !== "parameter").map((input) => shape(input.shape)).join(" + ");

const en: StepWords = {
  step: (s) => {
    const back = s.phase === "backward";
    const forward: Record<string, string> = {
      conv2d: `${s.out_channels} filters of ${s.kernel}×${s.kernel} slide over ${s.in_channels === 1 ? "the one channel" : `all ${s.in_channels} channels`}`,
      max_pool2d: "the largest value of each window stays",
      avg_pool2d: "each value becomes the mean of its neighbourhood",
      relu: "negative values become 0",
      cat: "the results are joined along the channels",
      add: "the values are added one by one",
      flatten: "the maps are laid out as one row of numbers",
      view: "the same numbers take another shape",
      linear: `each of ${s.out_channels} outputs is a weighted sum of all ${count(s.in_channels ?? 0)} inputs`,
      log_softmax: "scores become logarithms of probabilities",
      nll_loss: `the loss is the negative logarithm at the right answer, ${s.label}`,
    };
    const means = forward[s.op] ?? s.op;
    const first = s.shown[0];
    return {
      title: `Step ${s.index + 1} of ${s.length}, ${s.phase}: ${s.name}`,
      what: back
        ? `Backward through ${s.op}: out of the gradient of its output ${shape(s.output_shape)} come ${s.shown.map((t) => `that of ${t.name} ${shape(t.shape)}`).join(", ")}.`
        : `${s.op}: ${means}. ${dataInputs(s)} → ${shape(s.output_shape)}.`,
      cost: join(
        `${count(s.parameters)} parameters, ${count(s.multiply_adds)} multiply-adds, ${short(s.milliseconds)} ms.`,
        first?.mean !== undefined && `Values of ${first.name} from ${short(first.minimum!)} to ${short(first.maximum!)}, ${short(first.mean)} on average.`,
      ),
      at: `line ${s.line}`,
    };
  },
  nothingDrawn: "Draw a digit first: there is nothing on the pad yet.",
  noTestImage: (reason) => `The test image could not be fetched (${reason}).`,
};

const ko: StepWords = {
  step: (s) => {
    const back = s.phase === "backward";
    const forward: Record<string, string> = {
      conv2d: `${s.kernel}×${s.kernel} 필터 ${s.out_channels}개가 채널 ${s.in_channels}개를 훑어요`,
      max_pool2d: "구역마다 가장 큰 값만 남겨요",
      avg_pool2d: "값마다 둘레의 평균으로 바꿔요",
      relu: "음수를 0으로 바꿔요",
      cat: "결과를 채널 방향으로 이어 붙여요",
      add: "값끼리 하나하나 더해요",
      flatten: "모든 맵을 한 줄로 펼쳐요",
      view: "같은 수를 다른 모양으로 놓아요",
      linear: `출력 ${s.out_channels}개가 저마다 입력 ${count(s.in_channels ?? 0)}개의 가중합이에요`,
      log_softmax: "점수를 확률의 로그로 바꿔요",
      nll_loss: `손실은 정답 ${s.label}의 로그 확률에 음의 부호를 붙인 값이에요`,
    };
    const means = forward[s.op] ?? s.op;
    const first = s.shown[0];
    return {
      title: `${s.length}단계 중 ${s.index + 1}단계, ${back ? "역전파" : "순전파"}: ${s.name}`,
      what: back
        ? `${s.op}의 역전파: 출력 ${shape(s.output_shape)}의 기울기에서 ${s.shown.map((t) => `${t.name} ${shape(t.shape)}`).join(", ")}의 기울기가 나와요.`
        : `${s.op}: ${means}. ${dataInputs(s)} → ${shape(s.output_shape)}.`,
      cost: join(
        `파라미터 ${count(s.parameters)}개, 곱셈·덧셈 ${count(s.multiply_adds)}번, ${short(s.milliseconds)} ms.`,
        first?.mean !== undefined && `${first.name}의 값은 ${short(first.minimum!)}부터 ${short(first.maximum!)}까지, 평균 ${short(first.mean)}.`,
      ),
      at: `${s.line}행`,
    };
  },
  nothingDrawn: "그림판이 비어 있어요. 먼저 숫자를 써 주세요.",
  noTestImage: (reason) => `테스트 이미지를 가져오지 못했어요(${reason}).`,
};

export const stepWords = (language: Language): StepWords => (language === "ko" ? ko : en);
