// What the page says of a race, in both languages.
import type { RunInfo } from "virtual:page";
import { count, dataName, join } from "../format";
import type { Language } from "../state";
import { titleOf } from "./contestants";
import type { RaceStatus } from "./race";
import type { RecordedRun } from "./recorded";

export interface RaceWords {
  add(title: string): string;
  remove(title: string): string;
  full(most: number): string;
  twice(title: string): string;
  status(status: RaceStatus, chosen: number, lang: Language): string;
  // Table
  caption: string;
  note: string;
  head: string[];
  out: string;
  recordedOn(data: string): string;
  // Recorded runs
  /** What a recorded run was set to: data, images, length, learning rate, seed. */
  settings(info: RunInfo): string[];
  otherRuns(count: number): string;
  about(run: RecordedRun): string;
  copy: string;
  copied: string;
  notCopied: string;
  notFetched(reason: string): string;
  whose: { training: string; recorded(title: string): string };
}

const leader = ({ racers }: RaceStatus, lang: Language): string | null => {
  const known = racers.filter(({ loss }) => loss !== null);
  return known.length < 2 ? null : titleOf(known.reduce((best, other) => (other.loss! < best.loss! ? other : best)).contestant, lang);
};

const en: RaceWords = {
  add: (title) => `Add ${title}`,
  remove: (title) => `Remove ${title}`,
  full: (most) => `At most ${most} networks race.`,
  twice: (title) => `${title} is there already.`,
  status: (s, chosen, lang) => {
    const step = Math.min(...s.racers.map((racer) => racer.step));
    const data = s.loaded < s.toLoad && `${count(s.loaded)} of ${count(s.toLoad)} images are loaded.`;
    const ahead = leader(s, lang) && `${leader(s, lang)} has the lowest loss.`;
    switch (s.state) {
      case "idle":
        return chosen === 0 ? "Add the networks that shall race: all get the same images in the same order, and the settings above." : `${chosen} ${chosen === 1 ? "network is" : "networks are"} ready.`;
      case "loading":
        return join("The race is about to begin.", data);
      case "racing":
        return join(`All have trained ${count(step)} batches.`, ahead, data);
      case "paused":
        return join(`Paused after ${count(step)} batches.`, ahead);
      case "finished":
        return join("The race is over.", ahead);
      case "failed":
        return `The race stopped: ${s.error}`;
    }
  },
  caption: "Who races, and what is recorded",
  note: "Live rows are measured here and now, recorded ones where their command ran. Accuracy: in the test, * of the images trained on, until the first test. Loss: in training. ms: to train on one image. MB: the most in tensors while training.",
  head: ["network", "accuracy", "loss", "parameters", "multiply-adds", "ms an image", "MB"],
  out: "dropped out",
  recordedOn: (data) => `recorded, ${dataName(data)}`,
  settings: ({ data, images, epochs, steps, seed, lr, falling, augment }) => [
    dataName(data),
    `${count(images)} ${augment ? "varied " : ""}images`,
    epochs === 0 ? `${count(steps)} batches` : epochs === 1 ? "1 epoch" : `${epochs} epochs`,
    `learning rate ${falling ? `from ${lr} to 0` : lr}`,
    `seed ${seed}`,
  ],
  otherRuns: (more) => `Recorded with other lessons: ${more}`,
  about: (run) => `Recorded on ${dataName(run.data)}: ${count(run.trainImages)} images to train on, ${count(run.testImages)} to test, batches of ${run.batch}, seed ${run.seed}; computed natively with ${run.simd} and ${run.threads === 1 ? "one thread" : `${run.threads} threads`} by`,
  copy: "Copy the command",
  copied: "Copied.",
  notCopied: "The browser did not let the page copy. The command stands above.",
  notFetched: (reason) => `The recorded race could not be fetched (${reason}). Is there a connection? Then tick it again.`,
  whose: { training: "this training", recorded: (title) => `${title} (recorded)` },
};

const ko: RaceWords = {
  add: (title) => `${title} 넣기`,
  remove: (title) => `${title} 빼기`,
  full: (most) => `한 번에 ${most}개까지 경주할 수 있어요.`,
  twice: (title) => `이미 있는 신경망이에요: ${title}`,
  status: (s, chosen, lang) => {
    const step = Math.min(...s.racers.map((racer) => racer.step));
    const data = s.loaded < s.toLoad && `이미지 ${count(s.toLoad)}장 중 ${count(s.loaded)}장을 받았어요.`;
    const ahead = leader(s, lang) && `지금 손실이 가장 낮은 신경망: ${leader(s, lang)}.`;
    switch (s.state) {
      case "idle":
        return chosen === 0 ? "경주할 신경망을 골라 보세요. 모두 같은 이미지를 같은 순서로, 위의 설정대로 배워요." : `신경망 ${chosen}개가 준비됐어요.`;
      case "loading":
        return join("곧 출발해요.", data);
      case "racing":
        return join(`모두 ${count(step)}배치를 배웠어요.`, ahead, data);
      case "paused":
        return join(`${count(step)}배치에서 멈췄어요.`, ahead);
      case "finished":
        return join("경주가 끝났어요.", ahead);
      case "failed":
        return `경주가 중단됐어요: ${s.error}`;
    }
  },
  caption: "경주하는 신경망과 기록",
  note: "경주 중인 줄은 지금 여기서 잰 값이고, 기록은 명령을 실행한 컴퓨터에서 잰 값이에요. 정확도는 테스트에서 잰 값(*는 첫 테스트 전이라 학습한 이미지로 잰 값), 손실은 학습 손실, ms는 한 장을 학습하는 시간, MB는 학습하는 동안 텐서가 가장 많이 차지한 메모리예요.",
  head: ["신경망", "정확도", "손실", "파라미터", "곱셈·덧셈", "장당 ms", "MB"],
  out: "탈락",
  recordedOn: (data) => `기록, ${dataName(data)}`,
  settings: ({ data, images, epochs, steps, seed, lr, falling, augment }) => [
    dataName(data),
    `${augment ? "변형한 " : ""}이미지 ${count(images)}장`,
    epochs === 0 ? `${count(steps)}배치` : `${epochs}에포크`,
    `학습률 ${lr}${falling ? "에서 0까지" : ""}`,
    `시드 ${seed}`,
  ],
  otherRuns: (more) => `다른 수업의 기록 ${more}개`,
  about: (run) => `${dataName(run.data)} 기록이에요. ${count(run.trainImages)}장으로 학습하고 ${count(run.testImages)}장으로 테스트했어요. 배치 ${run.batch}, 시드 ${run.seed}. 네이티브 프로그램이 ${run.simd}, 스레드 ${run.threads}개로 계산했고, 명령은 다음과 같아요.`,
  copy: "명령 복사",
  copied: "복사했어요.",
  notCopied: "브라우저가 복사를 허락하지 않았어요. 위의 명령을 직접 복사해 주세요.",
  notFetched: (reason) => `기록을 가져오지 못했어요(${reason}). 인터넷 연결을 확인하고 다시 골라 보세요.`,
  whose: { training: "지금 학습하는 신경망", recorded: (title) => `${title} (기록)` },
};

export const raceWords = (language: Language): RaceWords => (language === "ko" ? ko : en);
