// What the page says of the network's inside, in both languages.
import { count, into, join, percent, shape, short } from "../format";
import type { Language } from "../state";
import type { Answers, Chosen, Cut, Cuts, Pixels, Statistics } from "./network";
import type { Score } from "./protocol";

export interface LookWords {
  table: { layer: string; output: string; parameters: string; multiplyAdds: string; share: string; total: string };
  toggle(id: string, open: boolean): string;
  read(digit: number): string;
  chosen(chosen: Chosen | null): string;
  channels: { title(id: string): string; channel: string; minimum: string; mean: string; maximum: string; zeros: string };
  pixels(pixels: Pixels, answers: Answers | null): string;
  pixelTable: string;
  cuts(cuts: Cuts): string;
  noCut(reason: string): string;
  answers(answers: Answers): string;
  counting(done: Score | null): string;
  accuracy(trained: Score, now: Score | null): string;
  notCounted(reason: string): string;
}

const best = (probabilities: number[]): number => probabilities.reduce((most, p, i) => (p > probabilities[most]! ? i : most), 0);
const signed = (value: number): string => `${value > 0 ? "+" : ""}${short(value)}`;
// A network is often almost sure: as many digits as tell how far from it.
const sure = (p: number): string => {
  const rest = Math.min(p, 1 - p);
  const digits = rest <= 0 ? 1 : Math.min(Math.max(1, -Math.floor(Math.log10(100 * rest))), 6);
  return `${(100 * p).toFixed(digits)}%`;
};
const share = ({ correct, total }: Score): string => percent(correct / total);

const enValues = (v: Statistics): string =>
  join(
    `values from ${short(v.minimum)} to ${short(v.maximum)}, mean ${short(v.mean)}, standard deviation ${short(v.deviation)}, ${percent(v.zeros / v.count)} exactly 0`,
    v.not_finite > 0 && `(${count(v.not_finite)} are not finite)`,
  );

const en: LookWords = {
  table: { layer: "Layer", output: "Output", parameters: "Parameters", multiplyAdds: "Multiply-adds", share: "Share", total: "Sum" },
  toggle: (id, open) => `${open ? "Close" : "Open"} ${id}`,
  read: (digit) => `what was read (${digit})`,
  chosen: (c) =>
    c
      ? join(
          `${c.id}${c.op && `, ${c.op}`}: output ${shape(c.output)}, ${enValues(c.values)}.`,
          c.weight && `Its weights ${shape(c.weight.shape)}: ${enValues(c.weight.values)}.`,
        )
      : "No block is chosen yet.",
  channels: { title: (id) => `Every channel of ${id} in numbers`, channel: "Channel", minimum: "Least", mean: "Mean", maximum: "Most", zeros: "Zeros" },
  pixels: (p) => {
    const of = p.probabilities?.[p.label];
    if (of === undefined) return "";
    const what = `For the answer ${p.label}, which the network gives ${sure(of)}`;
    if (!p.most_for || !p.most_against) return `${what}: ${Math.round(100 * p.progress)}% worked out.`;
    const speaks = `most in favour: row ${p.most_for.row}, column ${p.most_for.column} (${signed(p.most_for.value)}); most against: row ${p.most_against.row}, column ${p.most_against.column} (${signed(p.most_against.value)})`;
    return p.method === "gradient"
      ? `${what}: orange pixels raise its log-odds (the logarithm of its probability over that of all others), blue ones lower them; ${speaks}.`
      : `${what}: covering 5×5 pixels with black lowers its log-odds (the logarithm of its probability over that of all others) where orange, raises them where blue; ${speaks}.`;
  },
  pixelTable: "What each pixel did, in numbers",
  cuts: (cuts) => {
    const how: Record<Cut, string> = { off: "is switched off", fresh: "is untrained", pass: "passes its input through" };
    return `The network is changed: ${Object.entries(cuts).map(([path, cut]) => `${path} ${how[cut]}`).join(", ")}.`;
  },
  noCut: (reason) => `That cannot be changed (${reason}).`,
  answers: ({ before, after }) => {
    const [was, is] = [best(before), best(after)];
    return was === is
      ? `The image is read as ${is} as before, with ${sure(after[is]!)} instead of ${sure(before[was]!)}.`
      : `The image is now read as ${is}, ${sure(after[is]!)}; as trained it was ${was}, ${sure(before[was]!)} (now ${sure(after[was]!)}).`;
  },
  counting: (done) => (done ? `Counting on the test images: ${count(done.total)} so far.` : "Counting on 1,000 test images."),
  accuracy: (trained, now) =>
    now
      ? `Of ${count(now.total)} test images the changed network reads ${count(now.correct)} (${share(now)}); as trained it reads ${count(trained.correct)} (${share(trained)}).`
      : `Of ${count(trained.total)} test images the network reads ${count(trained.correct)} (${share(trained)}).`,
  notCounted: (reason) => `The test images could not be counted (${reason}).`,
};

const koValues = (v: Statistics): string =>
  join(
    `값은 ${short(v.minimum)}부터 ${short(v.maximum)}까지, 평균 ${short(v.mean)}, 표준편차 ${short(v.deviation)}, 정확히 0인 값은 ${percent(v.zeros / v.count)}`,
    v.not_finite > 0 && `(유한하지 않은 값 ${count(v.not_finite)}개)`,
  );

const ko: LookWords = {
  table: { layer: "층", output: "출력", parameters: "파라미터", multiplyAdds: "곱셈·덧셈", share: "비율", total: "합계" },
  toggle: (id, open) => `${id} ${open ? "접기" : "펼치기"}`,
  read: (digit) => `신경망이 읽은 답(${digit})`,
  chosen: (c) =>
    c
      ? join(
          `${c.id}${c.op && `, ${c.op}`}: 출력 ${shape(c.output)}, ${koValues(c.values)}.`,
          c.weight && `가중치 ${shape(c.weight.shape)}: ${koValues(c.weight.values)}.`,
        )
      : "아직 고른 블록이 없어요.",
  channels: { title: (id) => `${id}의 채널별 값`, channel: "채널", minimum: "최소", mean: "평균", maximum: "최대", zeros: "0의 개수" },
  pixels: (p) => {
    const of = p.probabilities?.[p.label];
    if (of === undefined) return "";
    const what = `답 ${p.label}에 신경망이 준 확률은 ${sure(of)}예요.`;
    if (!p.most_for || !p.most_against) return `${what} ${Math.round(100 * p.progress)}% 계산했어요.`;
    const speaks = `가장 크게 도운 곳은 ${p.most_for.row}행 ${p.most_for.column}열(${signed(p.most_for.value)}), 가장 크게 막은 곳은 ${p.most_against.row}행 ${p.most_against.column}열(${signed(p.most_against.value)})이에요.`;
    return p.method === "gradient"
      ? `${what} 주황 픽셀은 로그 오즈(이 확률을 나머지 확률로 나눈 값의 로그)를 높이고 파란 픽셀은 낮춰요. ${speaks}`
      : `${what} 5×5 픽셀을 검게 가리면 로그 오즈(이 확률을 나머지 확률로 나눈 값의 로그)가 주황 자리에서는 내려가고 파란 자리에서는 올라가요. ${speaks}`;
  },
  pixelTable: "픽셀마다 미친 영향을 숫자로 보기",
  cuts: (cuts) => {
    const how: Record<Cut, string> = { off: "꺼짐", fresh: "학습 전 가중치", pass: "입력을 그대로 통과" };
    return `신경망을 바꿔 놓았어요: ${Object.entries(cuts).map(([path, cut]) => `${path}(${how[cut]})`).join(", ")}.`;
  },
  noCut: (reason) => `이렇게는 바꿀 수 없어요(${reason}).`,
  answers: ({ before, after }) => {
    const [was, is] = [best(before), best(after)];
    return was === is
      ? `이 그림은 여전히 ${into(is)} 읽어요. 확률은 ${sure(before[was]!)}에서 ${sure(after[is]!)}가 됐어요.`
      : `이 그림을 이제 ${into(is)} 읽어요(${sure(after[is]!)}). 바꾸기 전에는 ${into(was)} 읽었고 확률은 ${sure(before[was]!)}였는데, 지금은 ${sure(after[was]!)}예요.`;
  },
  counting: (done) => (done ? `테스트 이미지 ${count(done.total)}장까지 세었어요.` : "테스트 이미지 1,000장으로 세고 있어요."),
  accuracy: (trained, now) =>
    now
      ? `테스트 이미지 ${count(now.total)}장 가운데 바꾼 신경망은 ${count(now.correct)}장(${share(now)}), 학습한 그대로는 ${count(trained.correct)}장(${share(trained)})을 맞혀요.`
      : `테스트 이미지 ${count(trained.total)}장 가운데 ${count(trained.correct)}장(${share(trained)})을 맞혀요.`,
  notCounted: (reason) => `테스트 이미지를 세지 못했어요(${reason}).`,
};

export const lookWords = (language: Language): LookWords => (language === "ko" ? ko : en);
