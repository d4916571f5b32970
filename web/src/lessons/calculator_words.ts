// What the calculator says, in both languages.
import { count } from "../format";
import type { Language } from "../state";
import type { Convolution, Cost } from "./calculator";

export interface CalculatorWords {
  title: string;
  fields: Record<keyof Convolution, string>;
  columns: [string, string];
  rows(layer: Convolution): [string, string];
  range(name: keyof Convolution, least: number, most: number): string;
  answer(layer: Convolution, direct: Cost, detour: Cost, widest: number): string;
}

// 4.838… → "4.8", 1.004 → "1.004": never a plain 1 for what is not equal.
const times = (ratio: number): string => (ratio < 1.05 ? ratio.toPrecision(4) : ratio < 1000 ? ratio.toFixed(1) : count(ratio));

const en: CalculatorWords = {
  title: "Calculator: the cost of a convolution",
  fields: { kernel: "Kernel size", in: "Channels in", width: "Bottleneck", out: "Channels out", side: "Side of the map" },
  columns: ["weights", "multiplications"],
  rows: ({ kernel, in: i, width, out }) => [`${kernel}×${kernel}: ${i} → ${out}`, `1×1, then ${kernel}×${kernel}: ${i} → ${width} → ${out}`],
  range: (name, least, most) => `${en.fields[name]} must be a whole number from ${least} to ${most}.`,
  answer: (_, direct, detour, widest) => {
    const limit = widest > 0 ? `Up to ${count(widest)} channels in the middle the detour saves something.` : "Here no bottleneck is narrow enough to save anything.";
    if (direct.mults === detour.mults) return `Both ways cost the same. ${limit}`;
    return direct.mults > detour.mults
      ? `By the detour it takes ${times(direct.mults / detour.mults)} times fewer multiplications. ${limit}`
      : `The detour takes ${times(detour.mults / direct.mults)} times as many multiplications as the direct way. ${limit}`;
  },
};

const ko: CalculatorWords = {
  title: "계산기: 합성곱의 비용",
  fields: { kernel: "필터 크기", in: "입력 채널", width: "병목 채널", out: "출력 채널", side: "맵의 한 변" },
  columns: ["가중치", "곱셈"],
  rows: ({ kernel, in: i, width, out }) => [`${kernel}×${kernel}: ${i} → ${out}`, `1×1 다음 ${kernel}×${kernel}: ${i} → ${width} → ${out}`],
  range: (name, least, most) => `${ko.fields[name]}에는 ${least}부터 ${most}까지의 정수를 넣어 주세요.`,
  answer: (_, direct, detour, widest) => {
    const limit = widest > 0 ? `병목이 ${count(widest)}채널 이하이면 돌아가는 쪽이 이득이에요.` : "이 층에서는 병목을 아무리 좁혀도 이득이 없어요.";
    if (direct.mults === detour.mults) return `어느 쪽이든 비용이 같아요. ${limit}`;
    return direct.mults > detour.mults
      ? `돌아가면 곱셈이 ${times(direct.mults / detour.mults)}분의 1로 줄어요. ${limit}`
      : `돌아가면 곱셈이 오히려 ${times(detour.mults / direct.mults)}배가 돼요. ${limit}`;
  },
};

export const calculatorWords = (language: Language): CalculatorWords => (language === "ko" ? ko : en);
