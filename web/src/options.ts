// A lesson's own options: how its network is built. Form, address and limits come from what the lesson says of itself.
import { lessons, type OptionInfo } from "virtual:page";
import { element } from "./dom";
import type { State, Store } from "./state";

/** What differs from the lesson's initial values, in the order in which the lesson names its options. */
export type Options = Record<string, number>;

const optionsOf = (lesson: string): OptionInfo[] => lessons.find(({ id }) => id === lesson)?.options ?? [];

/** Chosen values without those that are as they would be anyway, so that equal networks have equal options. Null for a name or a value that cannot be. */
export function chooseOptions(lesson: string, wanted: Options): Options | null {
  const known = optionsOf(lesson);
  if (Object.keys(wanted).some((name) => !known.some((option) => option.name === name))) return null;
  const chosen: Options = {};
  for (const { name, initial, least, most, step } of known) {
    const value = wanted[name] ?? initial;
    if (!Number.isInteger(value) || value < least || value > most || (value - least) % step !== 0) return null;
    if (value !== initial) chosen[name] = value;
  }
  return chosen;
}

/** "bottleneck:0,width:4", as the address has them. */
export const writeOptions = (options: Options): string =>
  Object.entries(options)
    .map(([name, value]) => `${name}:${value}`)
    .join(",");

export function readOptions(lesson: string, text: string): Options | null {
  const wanted: Options = {};
  for (const pair of text.split(",").filter(Boolean)) {
    const [, name, value] = pair.match(/^(\w+):(\d+)$/) ?? [];
    if (name === undefined) return null;
    wanted[name] = Number(value);
  }
  return chooseOptions(lesson, wanted);
}

/** Whether two states have the same network. */
export const sameNetwork = (a: State, b: State): boolean => a.lesson === b.lesson && writeOptions(a.options) === writeOptions(b.options);

/** The form over the lab, there when the lesson has options. A change makes the network anew. */
export function startOptions(store: Store): void {
  const form = element<HTMLFormElement>("options");
  form.addEventListener("submit", (event) => event.preventDefault());
  const fill = ({ lesson, lang }: State): void => {
    const known = optionsOf(lesson);
    form.hidden = known.length === 0;
    form.replaceChildren(...known.map((option) => field(option, lang, store)));
  };
  const show = ({ options }: State): void => {
    for (const select of form.querySelectorAll("select")) {
      select.value = String(options[select.name] ?? select.dataset["initial"]);
    }
  };
  store.onChange((state, before) => {
    if (state.lesson !== before.lesson || state.lang !== before.lang) fill(state);
    show(state);
  });
  fill(store.state);
  show(store.state);
}

// A list to choose from holds no value that cannot be, and is at home on a phone.
function field({ name, initial, least, most, step, help }: OptionInfo, lang: State["lang"], store: Store): HTMLElement {
  const select = document.createElement("select");
  Object.assign(select, { name, id: `option-${name}` });
  select.dataset["initial"] = String(initial);
  for (let value = least; value <= most; value += step) select.add(new Option(String(value)));
  select.addEventListener("change", () => {
    const options = chooseOptions(store.state.lesson, { ...store.state.options, [name]: Number(select.value) });
    if (options) store.set({ options }, { entry: true });
  });
  const label = document.createElement("label");
  label.htmlFor = select.id;
  const code = document.createElement("code");
  code.textContent = name;
  label.append(code, ` ${help[lang]}`);
  const row = document.createElement("div");
  row.append(select, label);
  return row;
}
