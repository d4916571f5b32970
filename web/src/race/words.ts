// What the page says of a race, in both languages.
import { count, join } from "../format";
import type { Language } from "../state";
import type { RaceStatus } from "./race";

export interface RaceWords {
  remove(name: string): string;
  full(most: number): string;
  twice(name: string): string;
  status(status: RaceStatus, chosen: number): string;
  caption: string;
  head: string[];
  sortBy(column: string): string;
  tested: string;
  out: string;
}

const leader = ({ racers }: RaceStatus): string | null => {
  const known = racers.filter(({ loss }) => loss !== null);
  return known.length < 2 ? null : known.reduce((best, other) => (other.loss! < best.loss! ? other : best)).name;
};

const en: RaceWords = {
  remove: (name) => `Remove ${name}`,
  full: (most) => `At most ${most} networks race.`,
  twice: (name) => `${name} is there already.`,
  status: (s, chosen) => {
    const step = Math.min(...s.racers.map((racer) => racer.step));
    const data = s.loaded < s.toLoad && `${count(s.loaded)} of ${count(s.toLoad)} images are loaded.`;
    const ahead = leader(s) && `The lowest loss has ${leader(s)}.`;
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
  caption: "The race in numbers, measured here and now",
  head: ["network", "accuracy", "loss", "parameters", "multiply-adds", "ms an image"],
  sortBy: (column) => `Sort by ${column}`,
  tested: "test",
  out: "dropped out",
};

const ko: RaceWords = {
  remove: (name) => `${name} 빼기`,
  full: (most) => `한 번에 ${most}개까지 경주할 수 있어요.`,
  twice: (name) => `${name}은(는) 이미 있어요.`,
  status: (s, chosen) => {
    const step = Math.min(...s.racers.map((racer) => racer.step));
    const data = s.loaded < s.toLoad && `이미지 ${count(s.toLoad)}장 중 ${count(s.loaded)}장을 받았어요.`;
    const ahead = leader(s) && `지금 손실이 가장 낮은 것은 ${leader(s)}.`;
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
  caption: "숫자로 보는 경주. 지금 여기서 잰 값이에요",
  head: ["신경망", "정확도", "손실", "파라미터", "곱해서 더하기", "한 장에 걸린 ms"],
  sortBy: (column) => `${column} 순서로 정렬`,
  tested: "테스트",
  out: "탈락",
};

export const raceWords = (language: Language): RaceWords => (language === "ko" ? ko : en);
