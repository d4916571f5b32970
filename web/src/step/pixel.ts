// The number that is pointed at: by fields for its place in a tensor, by arrows on them, or by a click on the canvas.
import { element } from "../dom";
import type { LabView } from "../lab";
import type { Store } from "../state";
import { showPicked } from "./step_words";
import type { Step, Tensor, Trace } from "./trace";
import { stepWords } from "./words";

const form = element<HTMLFormElement>("pixel");

/** Returns what shows the fields for a step. */
export function startPixel(trace: Trace, view: LabView, store: Store): (step: Step | null) => void {
  let step: Step | null = null;
  const choose = (tensor: number, element: number): void => store.set({ pixel: tensor === 0 ? String(element) : `${element}.${tensor}` });
  view.on("picked", ({ tensor, element }) => choose(tensor as number, element as number));
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", () => {
    if (!step) return;
    const tensor = chosenTensor();
    choose(tensor, elementAt(step.shown[tensor]!, fields().map((field) => Number(field.value) || 0)));
  });
  return (now) => {
    step = now;
    form.hidden = !now;
    if (!now) return;
    const picked = trace.picked();
    const words = stepWords(store.state.lang);
    const tensor = picked?.tensor ?? Math.min(chosenTensor(), now.shown.length - 1);
    showTensors(now.shown, tensor);
    showFields(now.shown[tensor]!, words.axes(now.shown[tensor]!.shape.length), picked?.position ?? null);
    showPicked(picked ? words.picked(now.phase === "backward" ? { ...picked, name: `${picked.name}.grad` } : picked) : "");
  };
}

const select = element<HTMLSelectElement>("pixel-tensor");
const axes = element("pixel-axes");
const fields = (): HTMLInputElement[] => [...axes.querySelectorAll("input")];
const chosenTensor = (): number => Math.max(select.selectedIndex, 0);

function showTensors(tensors: Tensor[], chosen: number): void {
  const names = tensors.map(({ name }) => name);
  if ([...select.options].map((option) => option.text).join("\n") !== names.join("\n"))
    select.replaceChildren(...names.map((name) => new Option(name)));
  select.selectedIndex = chosen;
  select.parentElement!.hidden = tensors.length < 2;
}

// One field an axis; the fields stay while the axes do, so that the focus stays in them.
function showFields({ shape }: Tensor, names: string[], position: number[] | null): void {
  const wanted = shape.map((size, axis) => `${names[axis] ?? axis} ${size}`).join("\n");
  if (axes.dataset["for"] !== wanted) {
    axes.dataset["for"] = wanted;
    axes.replaceChildren(...shape.map((size, axis) => makeField(size, names[axis] ?? String(axis))));
  }
  fields().forEach((field, axis) => {
    const value = position ? String(position[axis]) : "";
    if (field.value !== value) field.value = value;
  });
}

function makeField(size: number, name: string): HTMLElement {
  const label = document.createElement("label");
  const field = document.createElement("input");
  Object.assign(field, { type: "number", min: "0", max: String(size - 1), step: "1", inputMode: "numeric", placeholder: `0–${size - 1}` });
  label.append(name, field);
  label.hidden = size === 1;
  return label;
}

// What is typed beyond an axis's end is taken for the end.
function elementAt({ shape }: Tensor, place: number[]): number {
  return shape.reduce((at, size, axis) => at * size + Math.min(Math.max(Math.round(place[axis] ?? 0), 0), size - 1), 0);
}
