// The questions in the prose (web/build/questions.mjs): checks an answer and says why it is right or wrong.
import { whenNear } from "./dom";
import type { Language } from "./state";

const WORDS = {
  en: { right: "Right.", wrong: "Not yet.", noNumber: "Type a number." },
  ko: { right: "맞았어요.", wrong: "아직 아니에요.", noNumber: "숫자를 적어 주세요." },
};

/** Whether two numbers agree in all decimals that `wanted` is written with. */
function agrees(answer: number, wanted: string): boolean {
  const decimals = wanted.split(".")[1]?.length ?? 0;
  return wanted !== "" && Math.abs(answer - Number(wanted)) <= 0.5000001 * 10 ** -decimals * Number(decimals > 0) + 1e-9;
}

function check(form: HTMLFormElement): void {
  const words = WORDS[form.closest("article")!.lang as Language];
  const field = form.querySelector("input")!;
  const verdict = form.querySelector<HTMLElement>(".verdict")!;
  const text = field.value.replaceAll(/[,\s]/g, "").replace("−", "-");
  const answer = text === "" ? NaN : Number(text);
  const known = [...form.querySelectorAll<HTMLElement>("[data-answer]")];
  const said = known.find(({ dataset }) => agrees(answer, dataset["answer"]!)) ?? known.find(({ dataset }) => dataset["answer"] === "")!;
  const right = "right" in said.dataset;
  field.setAttribute("aria-invalid", String(!right));
  form.dataset["state"] = right ? "right" : "wrong";
  if (Number.isNaN(answer)) return verdict.replaceChildren(words.noNumber);
  const judged = document.createElement("strong");
  judged.textContent = right ? words.right : words.wrong;
  verdict.replaceChildren(judged, " ", ...said.cloneNode(true).childNodes);
}

/** Brings to life every question in some prose. Each gets its field when it comes near (dom.ts tells why). */
export function startQuestions(prose: ParentNode): void {
  for (const form of prose.querySelectorAll<HTMLFormElement>(".question:not(.exercise)")) {
    whenNear(form, () => addField(form));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      addField(form);
      check(form);
    });
  }
}

function addField(form: HTMLFormElement): void {
  const template = form.querySelector("template");
  template?.replaceWith(template.content);
}
