// What the page says in sentences, in both languages. Fixed labels stand in index.html.
import type { Prediction } from "./lab";
import type { OneThread } from "./program";
import type { NumberName, Language } from "./state";
import type { Step } from "./trace";
import type { TrainStatus } from "./training";

/** Where the weights come from that read the drawing. */
export type Source = "shipped" | "untrained" | "training" | "loaded";

export interface Words {
  wrongAddress(values: string): string;
  range(name: NumberName, least: number, most: number, whole: boolean): string;
  nothingDrawn: string;
  noTestImage(reason: string): string;
  noWebAssembly: string;
  notBuilt: string;
  notLoaded(reason: string): string;
  noWebGl: string;
  canvas: string;
  loadingLab: string;
  prediction(read: Prediction | null, source: Source): string;
  training(status: TrainStatus, oneThread: OneThread): string;
  newRun(seed: number): string;
  step(step: Step): { title: string; what: string; cost: string; at: string };
}

const count = (value: number): string => Math.round(value).toLocaleString("en-US");
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
const shape = (sizes: number[]): string => `(${sizes.join(", ")})`;
/** A few significant digits: 0.0536, 12.3, 1.2e-5. */
const short = (value: number): string => {
  if (value !== 0 && (Math.abs(value) < 1e-3 || Math.abs(value) >= 1e5)) return value.toExponential(1);
  return String(Number(value.toPrecision(3)));
};
const runnerUp = ({ digit, probabilities }: Prediction): number =>
  probabilities.reduce((best, p, i) => (i !== digit && (best < 0 || p > probabilities[best]!) ? i : best), -1);
const join = (...sentences: (string | false | null | undefined)[]): string => sentences.filter(Boolean).join(" ");
const dataInputs = (step: Step): string => step.inputs.filter(({ kind }) => kind !== "parameter").map((input) => shape(input.shape)).join(" + ");

const en: Words = {
  wrongAddress: (values) => `The address held values that cannot be, and they were left out: ${values}.`,
  range: (name, least, most, whole) =>
    `${{ seed: "The seed", lr: "The learning rate", momentum: "The momentum", batch: "The batch size", image: "The image's number", step: "The step" }[name]} must be a ${whole ? "whole number" : "number"} from ${least} to ${most}.`,
  nothingDrawn: "Draw a digit first: there is nothing on the pad yet.",
  noTestImage: (reason) => `The test image could not be fetched (${reason}).`,
  noWebAssembly: "This browser has no WebAssembly, which the lab needs. The lesson and its code can be read all the same.",
  notBuilt: "This page was built without the lab's WebAssembly. The lesson and its code can be read all the same.",
  notLoaded: (reason) => `The lab could not be started (${reason}). The lesson and its code can be read all the same; reloading the page may help.`,
  noWebGl: "This browser offers no WebGL 2, so the lab's pictures and the drawing pad are missing. Training and stepping through the code work, in words.",
  canvas: "The lab's pictures: drawing pad, what the network sees, its answer, the training curve, the current step. All results also stand in words on this page.",
  loadingLab: "The lab is loading.",
  prediction: (read, source) => {
    const who = { shipped: "", untrained: "The network is untrained: its weights are still random.", training: "Read with the weights that are being trained.", loaded: "Read with the weights that were loaded." }[source];
    if (!read) return join("Draw a digit on the pad.", source === "untrained" && who);
    const next = runnerUp(read);
    return join(`Read as ${read.digit}, ${percent(read.probabilities[read.digit]!)}; next comes ${next}, ${percent(read.probabilities[next]!)}.`, who);
  },
  training: (s, oneThread) => {
    const where = `epoch ${s.epoch} of ${s.epochs}, batch ${count(s.step)} (${count(s.stepsPerEpoch)} an epoch)`;
    const data = s.loaded < s.toLoad && `${count(s.loaded)} of ${count(s.toLoad)} images are loaded.`;
    const score = join(
      s.loss !== null && `Loss ${s.loss.toFixed(4)}.`,
      s.accuracy !== null && `${count(s.correct)} of ${count(s.total)} test images read correctly (${percent(s.accuracy)}).`,
    );
    const why = { "not-isolated": ", since the server does not isolate the page", "one-core": ", since this machine has one core", "not-built": ", since the page was built without threads" };
    const speed =
      s.imagesPerSecond > 0 &&
      `${count(s.imagesPerSecond)} images/s with ${s.threads === 1 ? "one thread" + (oneThread ? why[oneThread] : "") : `${s.threads} threads`}.`;
    switch (s.state) {
      case "idle":
        return "Nothing is trained yet. Train begins with random weights and 60,000 handwritten digits.";
      case "loading":
        return join(s.step > 0 ? `Waiting for data: ${where}.` : "Loading the digits.", data, score);
      case "training":
        return join(s.step > 0 ? `Training: ${where}.` : "Training begins.", score, speed, data);
      case "testing":
        return join(`Reading the test images: ${where}.`, score);
      case "paused":
        return join(`Paused: ${where}.`, score, speed);
      case "finished":
        return join(`Finished after ${s.epochs} epochs, ${count(s.step)} batches.`, score, speed, "Reset, or another seed, begins anew.");
      case "failed":
        return join(`Training stopped: ${s.error}`, s.step > 0 && "The last good weights are kept.");
    }
  },
  newRun: (seed) => `Train now begins a new run, with seed ${seed}.`,
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
};

// 로 or 으로 after a digit, as it is read aloud.
const into = (digit: number): string => `${digit}${[0, 3, 6].includes(digit) ? "으로" : "로"}`;

const ko: Words = {
  wrongAddress: (values) => `주소에 쓸 수 없는 값이 있어서 빼고 열었어요: ${values}`,
  range: (name, least, most, whole) =>
    `${{ seed: "시드는", lr: "학습률은", momentum: "모멘텀은", batch: "배치 크기는", image: "이미지 번호는", step: "단계는" }[name]} ${least}부터 ${most}까지의 ${whole ? "정수" : "수"}여야 해요.`,
  nothingDrawn: "그림판이 비어 있어요. 먼저 숫자를 써 주세요.",
  noTestImage: (reason) => `테스트 이미지를 가져오지 못했어요(${reason}).`,
  noWebAssembly: "이 브라우저에는 실험실에 필요한 WebAssembly가 없어요. 수업과 코드는 그대로 읽을 수 있어요.",
  notBuilt: "이 페이지에는 실험실의 WebAssembly가 들어 있지 않아요. 수업과 코드는 그대로 읽을 수 있어요.",
  notLoaded: (reason) => `실험실을 시작하지 못했어요(${reason}). 수업과 코드는 그대로 읽을 수 있어요. 새로 고치면 될 수도 있어요.`,
  noWebGl: "이 브라우저에는 WebGL 2가 없어서 실험실의 그림과 그림판을 보여 드릴 수 없어요. 학습과 코드 따라가기는 글로 볼 수 있어요.",
  canvas: "실험실의 그림: 그림판, 신경망이 보는 그림, 신경망의 답, 학습 곡선, 지금 단계. 모든 결과는 이 페이지에 글로도 있어요.",
  loadingLab: "실험실을 불러오고 있어요.",
  prediction: (read, source) => {
    const who = { shipped: "", untrained: "아직 학습하지 않은 신경망이라 가중치가 무작위예요.", training: "지금 학습 중인 가중치로 읽었어요.", loaded: "불러온 가중치로 읽었어요." }[source];
    if (!read) return join("그림판에 숫자를 써 보세요.", source === "untrained" && who);
    const next = runnerUp(read);
    return join(`${into(read.digit)} 읽었어요, ${percent(read.probabilities[read.digit]!)}. 다음은 ${next}, ${percent(read.probabilities[next]!)}.`, who);
  },
  training: (s, oneThread) => {
    const where = `${s.epochs}에포크 중 ${s.epoch}번째, ${count(s.step)}번째 배치(에포크마다 ${count(s.stepsPerEpoch)}배치)`;
    const data = s.loaded < s.toLoad && `이미지 ${count(s.toLoad)}장 중 ${count(s.loaded)}장을 받았어요.`;
    const score = join(
      s.loss !== null && `손실 ${s.loss.toFixed(4)}.`,
      s.accuracy !== null && `테스트 이미지 ${count(s.total)}장 중 ${count(s.correct)}장을 맞혔어요(${percent(s.accuracy)}).`,
    );
    const why = { "not-isolated": "(서버가 페이지를 격리해 주지 않아서)", "one-core": "(이 컴퓨터의 코어가 하나라서)", "not-built": "(스레드 없이 만든 페이지라서)" };
    const speed = s.imagesPerSecond > 0 && `스레드 ${s.threads}개${s.threads === 1 && oneThread ? why[oneThread] : ""}로 1초에 ${count(s.imagesPerSecond)}장.`;
    switch (s.state) {
      case "idle":
        return "아직 학습한 것이 없어요. 학습을 시작하면 무작위 가중치에서 출발해 손글씨 숫자 60,000장으로 배워요.";
      case "loading":
        return join(s.step > 0 ? `데이터를 기다리고 있어요: ${where}.` : "숫자를 받고 있어요.", data, score);
      case "training":
        return join(s.step > 0 ? `학습하고 있어요: ${where}.` : "학습을 시작했어요.", score, speed, data);
      case "testing":
        return join(`테스트 이미지를 읽고 있어요: ${where}.`, score);
      case "paused":
        return join(`멈췄어요: ${where}.`, score, speed);
      case "finished":
        return join(`${s.epochs}에포크, ${count(s.step)}배치를 모두 마쳤어요.`, score, speed, "‘처음으로’를 누르거나 시드를 바꾸면 새로 시작해요.");
      case "failed":
        return join(`학습이 중단됐어요: ${s.error}`, s.step > 0 && "마지막으로 정상이던 가중치는 남아 있어요.");
    }
  },
  newRun: (seed) => `이제 학습을 시작하면 시드 ${seed}로 새로 배워요.`,
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
};

export function words(language: Language): Words {
  return language === "ko" ? ko : en;
}
