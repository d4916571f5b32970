// The calculator in the prose: what a convolution costs, directly and by way of a 1×1 bottleneck. The formulas are those of
// lessons/01_one_by_one/cost.hpp; tests/page/lessons.test.mjs holds the two together.
import { whenNear } from "../dom";
import { count } from "../format";
import type { Language } from "../state";
import { calculatorWords, type CalculatorWords } from "./calculator_words";

export interface Convolution {
  kernel: number;
  in: number;
  width: number; // of the bottleneck
  out: number;
  side: number;
}
export interface Cost {
  weights: number;
  mults: number;
}

// Products stay below 2^53, so that every digit is right.
export const LIMITS: Record<keyof Convolution, { least: number; most: number }> = {
  kernel: { least: 1, most: 15 },
  in: { least: 1, most: 4096 },
  width: { least: 1, most: 4096 },
  out: { least: 1, most: 4096 },
  side: { least: 1, most: 1024 },
};
const NAMES = Object.keys(LIMITS) as (keyof Convolution)[];

function convolution(kernel: number, inputs: number, outputs: number, side: number): Cost {
  const weights = kernel * kernel * inputs * outputs;
  return { weights, mults: weights * side * side };
}

export const direct = ({ kernel, in: inputs, out, side }: Convolution): Cost => convolution(kernel, inputs, out, side);

export function detour({ kernel, in: inputs, width, out, side }: Convolution): Cost {
  const [narrow, wide] = [convolution(1, inputs, width, side), convolution(kernel, width, out, side)];
  return { weights: narrow.weights + wide.weights, mults: narrow.mults + wide.mults };
}

/** The widest bottleneck that still saves something; 0 when none does. */
export function widest(layer: Convolution): number {
  return Math.floor((direct(layer).weights - 1) / detour({ ...layer, width: 1 }).weights);
}

/** A number as somebody typed it, or null when it is none that can be. */
function parse(name: keyof Convolution, text: string): number | null {
  const value = Number(text);
  const { least, most } = LIMITS[name];
  return text.trim() !== "" && Number.isInteger(value) && value >= least && value <= most ? value : null;
}

/** Brings to life every calculator in some prose, as one comes near it. */
export function startCalculators(prose: ParentNode): void {
  for (const place of prose.querySelectorAll<HTMLElement>(".calculator")) {
    whenNear(place, () => build(place, calculatorWords(place.closest("article")!.lang as Language)));
  }
}

function build(place: HTMLElement, say: CalculatorWords): void {
  const fields = NAMES.map((name) => field(name, place.dataset[name]!, say));
  const form = document.createElement("form");
  form.noValidate = true;
  form.append(...fields.map(({ label }) => label));
  const [table, answer] = [document.createElement("div"), document.createElement("p")];
  table.className = "scroll";
  table.tabIndex = 0;
  answer.setAttribute("role", "status");
  place.setAttribute("role", "group");
  place.setAttribute("aria-label", say.title);
  place.replaceChildren(form, answer, table);

  const update = (): void => {
    const values = fields.map(({ name, input }) => [name, parse(name, input.value)] as const);
    fields.forEach(({ input }, index) => input.setAttribute("aria-invalid", String(values[index]![1] === null)));
    const wrong = values.find(([, value]) => value === null);
    table.hidden = wrong !== undefined;
    answer.classList.toggle("message", wrong !== undefined);
    if (wrong) {
      answer.textContent = say.range(wrong[0], LIMITS[wrong[0]].least, LIMITS[wrong[0]].most);
      return;
    }
    const layer = Object.fromEntries(values) as unknown as Convolution;
    answer.textContent = say.answer(layer, direct(layer), detour(layer), widest(layer));
    table.replaceChildren(costs(layer, say));
  };
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", update);
  update();
}

function field(name: keyof Convolution, value: string, say: CalculatorWords): { name: keyof Convolution; input: HTMLInputElement; label: HTMLElement } {
  const [label, input] = [document.createElement("label"), document.createElement("input")];
  Object.assign(input, { name, value, inputMode: "numeric", autocomplete: "off" });
  label.append(say.fields[name], input);
  return { name, input, label };
}

// Both ways side by side, and a bar for each, as long as its share of the work.
function costs(layer: Convolution, say: CalculatorWords): HTMLTableElement {
  const ways = [direct(layer), detour(layer)];
  const most = Math.max(...ways.map(({ mults }) => mults));
  const table = document.createElement("table");
  table.innerHTML = `<thead><tr><td></td><th scope="col"></th><th scope="col"></th></tr></thead><tbody></tbody>`;
  table.querySelectorAll("th").forEach((cell, index) => (cell.textContent = say.columns[index]!));
  ways.forEach(({ weights, mults }, index) => {
    const row = table.tBodies[0]!.insertRow();
    const heading = document.createElement("th");
    heading.scope = "row";
    heading.textContent = say.rows(layer)[index]!;
    const bar = document.createElement("span");
    bar.className = "bar";
    bar.style.width = `${(100 * mults) / most}%`;
    row.append(heading);
    row.insertCell().textContent = count(weights);
    row.insertCell().append(count(mults), bar);
  });
  return table;
}
