// What the page says in sentences, in both languages; each view has its own words besides. Fixed labels stand in index.html.
import type { Language, NumberName } from "./state";

export interface Words {
  wrongAddress(values: string): string;
  range(name: NumberName, least: number, most: number, whole: boolean): string;
  noWebAssembly: string;
  notBuilt: string;
  notLoaded(reason: string): string;
  noWebGl: string;
  canvas: string;
  savePicture(title: string): string;
  loadingLab: string;
  lessons: string;
  noLesson(reason: string): string;
}

const en: Words = {
  wrongAddress: (values) => `The address held values that cannot be, and they were left out: ${values}.`,
  range: (name, least, most, whole) =>
    `${{ seed: "The seed", lr: "The learning rate", momentum: "The momentum", batch: "The batch size", epochs: "The number of epochs", image: "The image's number", step: "The step", pen: "The pen", answer: "The digit" }[name]} must be a ${whole ? "whole number" : "number"} from ${least} to ${most}.`,
  noWebAssembly: "This browser has no WebAssembly, which the lab needs. The lesson and its code can be read all the same.",
  notBuilt: "This page was built without the lab's WebAssembly. The lesson and its code can be read all the same.",
  notLoaded: (reason) => `The lab could not be started (${reason}). The lesson and its code can be read all the same; reloading the page may help.`,
  noWebGl: "This browser offers no WebGL 2, so the lab's pictures and the drawing pad are missing. Training and stepping through the code work, in words.",
  canvas: "The lab's pictures: drawing pad, what the network sees, its answer, the training curve, the current step. All results also stand in words on this page.",
  savePicture: (title) => `Save the picture "${title}"`,
  loadingLab: "The lab is loading.",
  lessons: "Lessons",
  noLesson: (reason) => `The lesson could not be fetched (${reason}). Is there a connection? Then try again.`,
};

const ko: Words = {
  wrongAddress: (values) => `주소에 쓸 수 없는 값이 있어서 빼고 열었어요: ${values}`,
  range: (name, least, most, whole) =>
    `${{ seed: "시드는", lr: "학습률은", momentum: "모멘텀은", batch: "배치 크기는", epochs: "에포크 수는", image: "이미지 번호는", step: "단계는", pen: "펜 굵기는", answer: "숫자는" }[name]} ${least}부터 ${most}까지의 ${whole ? "정수" : "수"}여야 해요.`,
  noWebAssembly: "이 브라우저에는 실험실에 필요한 WebAssembly가 없어요. 수업과 코드는 그대로 읽을 수 있어요.",
  notBuilt: "이 페이지에는 실험실의 WebAssembly가 들어 있지 않아요. 수업과 코드는 그대로 읽을 수 있어요.",
  notLoaded: (reason) => `실험실을 시작하지 못했어요(${reason}). 수업과 코드는 그대로 읽을 수 있어요. 새로 고치면 될 수도 있어요.`,
  noWebGl: "이 브라우저에는 WebGL 2가 없어서 실험실의 그림과 그림판을 보여 드릴 수 없어요. 학습과 코드 따라가기는 글로 볼 수 있어요.",
  canvas: "실험실의 그림: 그림판, 신경망이 보는 그림, 신경망의 답, 학습 곡선, 지금 단계. 모든 결과는 이 페이지에 글로도 있어요.",
  savePicture: (title) => `“${title}” 그림 저장하기`,
  loadingLab: "실험실을 불러오고 있어요.",
  lessons: "수업",
  noLesson: (reason) => `수업을 가져오지 못했어요(${reason}). 인터넷 연결을 확인하고 다시 눌러 보세요.`,
};

export const words = (language: Language): Words => (language === "ko" ? ko : en);
