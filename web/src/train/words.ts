// What the page says of training, in both languages.
import { count, join, percent } from "../format";
import type { OneThread } from "../program";
import type { Language } from "../state";
import type { TrainStatus } from "./training";

export interface TrainWords {
  training(status: TrainStatus, oneThread: OneThread): string;
  newRun(seed: number): string;
}

const en: TrainWords = {
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
};

const ko: TrainWords = {
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
};

export const trainWords = (language: Language): TrainWords => (language === "ko" ? ko : en);
