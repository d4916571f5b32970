// What the page says of training, in both languages.
import { count, join, percent } from "../format";
import type { OneThread } from "../program";
import type { Language, State } from "../state";
import type { KeptTraining } from "./kept";
import type { DataName } from "./mnist";
import type { TrainStatus } from "./training";

export interface TrainWords {
  training(status: TrainStatus, oneThread: OneThread): string;
  newRun(seed: number): string;
  // Keeping
  offer(kept: KeptTraining): string;
  keptAt(kept: KeptTraining): string;
  notKept(reason: string): string;
  // Tables
  runsCaption(runs: number): string;
  runsHead: string[];
  removeRun(name: string): string;
  pointsCaption: string;
  pointsHead: string[];
  normsCaption(first: number, last: number): string;
  normsHead: string[];
  // Mistakes
  notTested: string;
  testing: string;
  tested(right: number, total: number, step: number): string;
  className(data: DataName, label: number): string;
  confusionCaption: string;
  confusionHead: string;
  cell(label: string, answer: string, count: number): string;
  cellTitle(label: string, answer: string, count: number, most: number): string;
  image(index: number, label: string, answer: string): string;
  imageLoss(loss: number): string;
  // Moments
  noMoments: string;
  moment(step: number, newest: boolean, kept: number, image: State["image"]): string;
  // Files
  saved(name: string): string;
  noCurves: string;
  copied: string;
  notCopied: string;
  loaded(name: string): string;
  notUsed(reason: string): string;
  options: { norms: [string, string] };
}

const when = (date: number, language: Language): string =>
  new Date(date).toLocaleString(language === "ko" ? "ko-KR" : "en-GB", { dateStyle: "medium", timeStyle: "short" });

const time = (seconds: number, [hours, minutes, rest]: [string, string, string]): string => {
  const s = Math.round(seconds);
  if (s < 60) return `${s}${rest}`;
  return s < 3600 ? `${Math.floor(s / 60)}${minutes} ${s % 60}${rest}` : `${Math.floor(s / 3600)}${hours} ${Math.floor((s % 3600) / 60)}${minutes}`;
};

const GARMENTS = {
  en: ["T-shirt", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"],
  ko: ["티셔츠", "바지", "풀오버", "드레스", "코트", "샌들", "셔츠", "운동화", "가방", "앵클부츠"],
};
const className = (language: Language) => (data: DataName, label: number): string =>
  data === "fashion" ? `${label} ${GARMENTS[language][label]}` : String(label);

const en: TrainWords = {
  training: (s, oneThread) => {
    const where = `epoch ${s.epoch} of ${s.epochs}, batch ${count(s.step)} (${count(s.stepsPerEpoch)} an epoch)`;
    const data = s.loaded < s.toLoad && `${count(s.loaded)} of ${count(s.toLoad)} images are loaded.`;
    const score = join(
      s.loss !== null && `Loss ${s.loss.toFixed(4)}.`,
      s.accuracy !== null && `${count(s.correct)} of ${count(s.total)} test images read correctly (${percent(s.accuracy)}).`,
    );
    const why = { "not-isolated": ", since the server does not isolate the page", "not-shared": ", since this browser does not share memory between threads", "one-core": ", since this machine has one core", "not-built": ", since the page was built without threads" };
    const speed =
      s.imagesPerSecond > 0 &&
      `${count(s.imagesPerSecond)} images/s with SIMD, ${s.threads === 1 ? "one thread" + (oneThread ? why[oneThread] : "") : `${s.threads} threads`}.`;
    const left = s.secondsLeft !== null && s.secondsLeft > 0 && `About ${time(s.secondsLeft, [" h", " min", " s"])} left.`;
    switch (s.state) {
      case "idle":
        return "Nothing is trained yet. Train begins with random weights and 60,000 images.";
      case "loading":
        return join(s.step > 0 ? `Waiting for data: ${where}.` : "Loading the images.", data, score);
      case "training":
        return join(s.step > 0 ? `Training: ${where}.` : "Training begins.", score, speed, left, data);
      case "testing":
        return join(`Reading the test images: ${where}.`, score);
      case "paused":
        return join(`Paused: ${where}.`, score, speed);
      case "finished":
        return join(`Finished after ${s.epochs} epochs, ${count(s.step)} batches.`, score, speed, "More epochs go on; Reset, or another seed, begins anew.");
      case "failed":
        return join(`Training stopped: ${s.error}`, s.step > 0 && "The last good weights are kept.");
    }
  },
  newRun: (seed) => `Train now begins a new run, with seed ${seed}.`,
  offer: ({ date, epoch, step }) => `A training of ${when(date, "en")} is kept here: epoch ${epoch}, batch ${count(step)}.`,
  keptAt: ({ date, step }) => `Kept ${when(date, "en")}, batch ${count(step)}.`,
  notKept: (reason) => `The training could not be kept in this browser (${reason}). It may be out of room, or forbid it; training goes on.`,
  runsCaption: (runs) => (runs === 0 ? "Nothing is trained yet" : "The newest run first; a run is named by what sets it apart"),
  runsHead: ["run", "batches", "loss", "accuracy", "test loss", "test accuracy", "remove"],
  removeRun: (name) => `Remove ${name}`,
  pointsCaption: "Means of ten batches, and at the end of an epoch those of the epoch with the test. The saved CSV has every point",
  pointsHead: ["run", "batch", "loss", "accuracy", "test loss", "test accuracy"],
  normsCaption: (first, last) => `The size √Σx² of each parameter and its gradient, at batch ${count(first)} and at batch ${count(last)}`,
  normsHead: ["parameter", "gradient, first", "gradient, last", "weights, first", "weights, last"],
  notTested: "The test images are read at the end of each epoch, or when you press Test now.",
  testing: "Reading the test images.",
  tested: (right, total, step) => `${count(right)} of ${count(total)} test images read correctly (${percent(right / total)}) after batch ${count(step)}. Choose a cell of the matrix to see its images.`,
  className: className("en"),
  confusionCaption: "Rows: what the image is. Columns: what it was read as. Each cell shows its images",
  confusionHead: "is",
  cell: (label, answer, n) => `${label} read as ${answer}: ${n}`,
  cellTitle: (label, answer, n, most) => `${label} read as ${answer}: ${count(n)} ${n === 1 ? "image" : "images"}${n > most ? `, the ${most} with the highest loss` : ""}`,
  image: (index, label, answer) => `No. ${index}: ${label === answer ? label : `${label} read as ${answer}`}`,
  imageLoss: (loss) => `loss ${loss.toFixed(3)}: step through it`,
  noMoments: "Once you train, you can go back through the weights here.",
  moment: (step, newest, kept, image) => `Weights ${newest ? "as they are now, " : ""}after batch ${count(step)}, one of ${kept} moments kept. The whole lab uses them; the digit is ${image === "drawing" ? "your drawing" : `test image ${image}`}.`,
  saved: (name) => `Saved ${name}.`,
  noCurves: "There is no curve to save yet: train first.",
  copied: "The PyTorch lines are copied.",
  notCopied: "The browser did not let the page copy. The lines stand below.",
  loaded: (name) => `The lab now reads with the weights of ${name}.`,
  notUsed: (reason) => `Not used. ${reason}`,
  options: { norms: ["gradients", "weights"] },
};

const ko: TrainWords = {
  training: (s, oneThread) => {
    const where = `${s.epochs}에포크 중 ${s.epoch}번째, ${count(s.step)}번째 배치(에포크마다 ${count(s.stepsPerEpoch)}배치)`;
    const data = s.loaded < s.toLoad && `이미지 ${count(s.toLoad)}장 중 ${count(s.loaded)}장을 받았어요.`;
    const score = join(
      s.loss !== null && `손실 ${s.loss.toFixed(4)}.`,
      s.accuracy !== null && `테스트 이미지 ${count(s.total)}장 중 ${count(s.correct)}장을 맞혔어요(${percent(s.accuracy)}).`,
    );
    const why = { "not-isolated": "(서버가 페이지를 격리해 주지 않아서)", "not-shared": "(이 브라우저가 스레드끼리 메모리를 함께 쓰지 못해서)", "one-core": "(이 컴퓨터의 코어가 하나라서)", "not-built": "(스레드 없이 만든 페이지라서)" };
    const speed = s.imagesPerSecond > 0 && `스레드 ${s.threads}개${s.threads === 1 && oneThread ? why[oneThread] : ""}로 1초에 ${count(s.imagesPerSecond)}장(SIMD).`;
    const left = s.secondsLeft !== null && s.secondsLeft > 0 && `${time(s.secondsLeft, ["시간", "분", "초"])}쯤 남았어요.`;
    switch (s.state) {
      case "idle":
        return "아직 학습한 것이 없어요. 학습을 시작하면 무작위 가중치에서 출발해 이미지 60,000장으로 배워요.";
      case "loading":
        return join(s.step > 0 ? `데이터를 기다리고 있어요: ${where}.` : "이미지를 받고 있어요.", data, score);
      case "training":
        return join(s.step > 0 ? `학습하고 있어요: ${where}.` : "학습을 시작했어요.", score, speed, left, data);
      case "testing":
        return join(`테스트 이미지를 읽고 있어요: ${where}.`, score);
      case "paused":
        return join(`멈췄어요: ${where}.`, score, speed);
      case "finished":
        return join(`${s.epochs}에포크, ${count(s.step)}배치를 모두 마쳤어요.`, score, speed, "에포크를 늘리면 이어서 배우고, ‘처음으로’를 누르거나 시드를 바꾸면 새로 시작해요.");
      case "failed":
        return join(`학습이 중단됐어요: ${s.error}`, s.step > 0 && "마지막으로 정상이던 가중치는 남아 있어요.");
    }
  },
  newRun: (seed) => `이제 학습을 시작하면 시드 ${seed}로 새로 배워요.`,
  offer: ({ date, epoch, step }) => `${when(date, "ko")}에 하던 학습이 남아 있어요: ${epoch}번째 에포크, ${count(step)}번째 배치.`,
  keptAt: ({ date, step }) => `${when(date, "ko")}에 ${count(step)}번째 배치까지 저장했어요.`,
  notKept: (reason) => `이 브라우저에 학습을 저장하지 못했어요(${reason}). 저장 공간이 부족하거나 저장이 막혀 있을 수 있어요. 학습은 계속돼요.`,
  runsCaption: (runs) => (runs === 0 ? "아직 학습한 것이 없어요" : "최근 학습이 맨 위에 있고, 서로 다른 설정이 이름이 돼요"),
  runsHead: ["학습", "배치", "손실", "정확도", "테스트 손실", "테스트 정확도", "지우기"],
  removeRun: (name) => `${name} 지우기`,
  pointsCaption: "열 배치의 평균이에요. 에포크가 끝난 줄에는 에포크 평균과 테스트 결과가 있어요. CSV로 저장하면 모든 점이 들어가요",
  pointsHead: ["학습", "배치", "손실", "정확도", "테스트 손실", "테스트 정확도"],
  normsCaption: (first, last) => `파라미터와 그 기울기의 크기 √Σx², ${count(first)}번째 배치와 ${count(last)}번째 배치에서`,
  normsHead: ["파라미터", "처음 기울기", "지금 기울기", "처음 가중치", "지금 가중치"],
  notTested: "테스트 이미지는 에포크가 끝날 때마다, 또는 ‘지금 테스트’를 누르면 읽어요.",
  testing: "테스트 이미지를 읽고 있어요.",
  tested: (right, total, step) => `${count(step)}번째 배치까지 배운 뒤 테스트 이미지 ${count(total)}장 중 ${count(right)}장을 맞혔어요(${percent(right / total)}). 행렬에서 칸을 고르면 그 이미지를 볼 수 있어요.`,
  className: className("ko"),
  confusionCaption: "행은 실제 값, 열은 읽은 값이에요. 칸을 누르면 그 이미지가 나와요",
  confusionHead: "실제",
  cell: (label, answer, n) => `실제 ${label}, 읽은 값 ${answer}: 이미지 수 ${n}`,
  cellTitle: (label, answer, n, most) => `실제 ${label}, 읽은 값 ${answer}: ${count(n)}장${n > most ? `, 그중 손실이 큰 ${most}장` : ""}`,
  image: (index, label, answer) => `${index}번: ${label === answer ? label : `실제 ${label}, 읽은 값 ${answer}`}`,
  imageLoss: (loss) => `손실 ${loss.toFixed(3)}, 단계별로 따라가기`,
  noMoments: "학습을 시작하면 지나온 가중치를 여기서 되돌려 볼 수 있어요.",
  moment: (step, newest, kept, image) => `${newest ? "지금, " : ""}${count(step)}번째 배치까지 배운 가중치예요(남겨 둔 시점 ${kept}개). 실험실 전체가 이 가중치를 쓰고, 읽는 숫자는 ${image === "drawing" ? "내 그림" : `테스트 이미지 ${image}번`}이에요.`,
  saved: (name) => `${name} 파일로 저장했어요.`,
  noCurves: "아직 저장할 곡선이 없어요. 먼저 학습해 보세요.",
  copied: "PyTorch 코드를 복사했어요.",
  notCopied: "브라우저가 복사를 허락하지 않았어요. 아래 코드를 직접 복사해 주세요.",
  loaded: (name) => `이제 ${name}의 가중치로 읽어요.`,
  notUsed: (reason) => `쓰지 않았어요. ${reason}`,
  options: { norms: ["기울기", "가중치"] },
};

export const trainWords = (language: Language): TrainWords => (language === "ko" ? ko : en);
