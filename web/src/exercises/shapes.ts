// "Fill in the shapes": each line's three numbers are checked, and what is said to them stands below the line.
import { Shared } from "./shared";
import { copyOf, showVerdict } from "./verdict";
import type { ExerciseWords } from "./words";

interface Filled {
  texts: string[][]; // of each line: channels, height, width
  checked: string[][] | null; // what they were when they were last checked
}

interface Line {
  fields: HTMLInputElement[];
  said: HTMLElement;
  answers: HTMLElement[];
}

type Judged = "empty" | "right" | "wrong";

const plain = (text: string): string => text.replaceAll(/[,\s]/g, "");

/** Whether a known answer, "16,_,_", is the one that was given. */
function agrees(known: string, texts: string[]): boolean {
  const sizes = known.split(",");
  return known !== "" && sizes.every((size, axis) => size === "_" || Number(size) === Number(plain(texts[axis]!)));
}

function readLine(item: HTMLElement): Line {
  const template = item.querySelector("template");
  template?.replaceWith(template.content);
  return {
    fields: [...item.querySelectorAll("input")],
    said: item.querySelector<HTMLElement>(".said")!,
    answers: [...item.querySelectorAll<HTMLElement>("[data-answer]")],
  };
}

// Says what there is to say to one line's numbers.
function judge({ fields, said, answers }: Line, texts: string[] | null, say: ExerciseWords): Judged {
  said.replaceChildren();
  for (const field of fields) field.removeAttribute("aria-invalid");
  if (!texts || texts.every((text) => plain(text) === "")) return "empty";
  const right = answers.find(({ dataset }) => "right" in dataset)!;
  if (texts.some((text) => !/^\d+$/.test(plain(text)))) said.textContent = say.whole;
  else said.append(...copyOf(answers.find(({ dataset }) => agrees(dataset["answer"]!, texts)) ?? answers.find(({ dataset }) => dataset["answer"] === "")!));
  const wanted = right.dataset["answer"]!.split(",");
  const wrong = fields.filter((_, axis) => plain(texts[axis]!) === "" || Number(plain(texts[axis]!)) !== Number(wanted[axis]));
  for (const field of wrong) field.setAttribute("aria-invalid", "true");
  return wrong.length === 0 ? "right" : "wrong";
}

export function startShapes(form: HTMLFormElement, say: ExerciseWords): void {
  const items = [...form.querySelectorAll<HTMLElement>(".walk > li")];
  const lines = items.map(readLine);
  const filled = Shared.of<Filled>(form.dataset["exercise"]!, { texts: lines.map(() => ["", "", ""]), checked: null });
  form.addEventListener("input", () => filled.set({ ...filled.value, texts: lines.map(({ fields }) => fields.map(({ value }) => value)) }));
  form.addEventListener("submit", () => filled.set({ ...filled.value, checked: filled.value.texts }));

  let shown: string[][] | null = null;
  const show = (): void => {
    const { texts, checked } = filled.value;
    lines.forEach(({ fields }, line) => fields.forEach((field, axis) => field.value === texts[line]![axis] || (field.value = texts[line]![axis]!)));
    if (checked === null || checked === shown) return;
    shown = checked;
    const judged = lines.map((line, index) => judge(line, checked[index]!, say));
    items.forEach((item, index) => (item.dataset["state"] = judged[index]!));
    const [right, empty] = ["right", "empty"].map((what) => judged.filter((one) => one === what).length);
    const all = right === lines.length;
    const first = judged.indexOf("wrong");
    showVerdict(form, all ? "right" : "wrong", all ? say.right : say.wrong, say.shapes(right!, lines.length, empty!), ...(first < 0 ? [] : [" ", say.look(first + 1), " ", ...copyOf(lines[first]!.said)]));
  };
  filled.follow(show);
}
