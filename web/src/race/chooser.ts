// Who races: a network by its name, such as ResNet-20, a slider for its depth, and its other options folded away; and the list of those
// that were chosen.
import type { OptionInfo } from "virtual:page";
import { lessons } from "virtual:page";
import { button, element, setText } from "../dom";
import { chooseOptions, type Options } from "../options";
import type { Store } from "../state";
import { MOST, nameOf, racingNames, readContestants, titleOf, writeContestants, type Contestant, type Named } from "./contestants";
import { raceWords } from "./words";

export class Chooser {
  readonly #store: Store;
  readonly #say: (text: string) => void;
  readonly #select = element<HTMLSelectElement>("race-net");

  /** `say` tells why a network was not added. */
  constructor(store: Store, say: (text: string) => void) {
    [this.#store, this.#say] = [store, say];
    button("race-add").addEventListener("click", () => this.#add());
    this.#select.addEventListener("change", () => this.#fillOptions());
    store.onChange((state, before) => {
      if (state.lang !== before.lang) this.#fill();
      if (state.race !== before.race || state.lang !== before.lang) this.#showList();
    });
    this.#fill();
    this.#showList();
  }

  get contestants(): Contestant[] {
    return readContestants(this.#store.state.race) ?? [];
  }

  get #named(): Named {
    return racingNames.get(this.#select.value)!;
  }

  // The network of the lesson that is read is offered first.
  #fill(): void {
    const { lang, lesson } = this.#store.state;
    const all = [...racingNames.values()];
    const chosen = this.#select.value || (all.find((one) => one.lesson === lesson) ?? all[0]!).name;
    this.#select.replaceChildren(...all.map(({ name, title }) => new Option(title[lang].replace("{}", "…"), name)));
    this.#select.value = chosen;
    this.#fillOptions();
  }

  #fillOptions(): void {
    const { lesson, option, fixed } = this.#named;
    const options = lessons.find(({ id }) => id === lesson)!.options.filter(({ name }) => !(name in fixed));
    const [first, others] = [options.filter(({ name }) => name === option), options.filter(({ name }) => name !== option)];
    element("race-depth").replaceChildren(...first.map((one) => this.#slider(one)));
    element("race-options").replaceChildren(...others.map((one) => this.#slider(one)));
    element("race-more").hidden = others.length === 0;
    this.#showName();
  }

  #slider({ name, initial, least, most, step, help }: OptionInfo): HTMLElement {
    const [label, slider, value] = [document.createElement("label"), document.createElement("input"), document.createElement("output")];
    Object.assign(slider, { type: "range", name, min: least, max: most, step, value: initial, title: help[this.#store.state.lang] });
    const code = document.createElement("code");
    code.textContent = name;
    setText(value, String(initial));
    slider.addEventListener("input", () => {
      setText(value, slider.value);
      this.#showName();
    });
    label.append(code, slider, value);
    return label;
  }

  // What the form says now.
  get #wanted(): Contestant | null {
    const { lesson, fixed } = this.#named;
    const sliders = [...document.querySelectorAll<HTMLInputElement>("#race-depth input, #race-options input")];
    const chosen: Options = { ...fixed, ...Object.fromEntries(sliders.map(({ name, value }) => [name, Number(value)])) };
    const options = chooseOptions(lesson, chosen);
    return options && { lesson, options };
  }

  #showName(): void {
    const { lang } = this.#store.state;
    if (this.#wanted) setText(button("race-add"), raceWords(lang).add(titleOf(this.#wanted, lang)));
  }

  #add(): void {
    const [wanted, all, { lang }] = [this.#wanted, this.contestants, this.#store.state];
    if (!wanted) return;
    if (all.some((one) => nameOf(one) === nameOf(wanted))) return this.#say(raceWords(lang).twice(titleOf(wanted, lang)));
    if (all.length >= MOST) return this.#say(raceWords(lang).full(MOST));
    this.#choose([...all, wanted]);
  }

  #choose(all: Contestant[]): void {
    this.#store.set({ race: writeContestants(all) }, { entry: true });
  }

  #showList(): void {
    element("race-list").replaceChildren(...this.contestants.map((one) => this.#chip(one)));
  }

  #chip(contestant: Contestant): HTMLElement {
    const { lang } = this.#store.state;
    const [item, remove] = [document.createElement("li"), document.createElement("button")];
    remove.type = "button";
    remove.textContent = "×";
    remove.setAttribute("aria-label", raceWords(lang).remove(titleOf(contestant, lang)));
    remove.addEventListener("click", () => {
      this.#choose(this.contestants.filter((other) => nameOf(other) !== nameOf(contestant)));
      button("race-add").focus();
    });
    item.append(titleOf(contestant, lang), remove);
    return item;
  }
}
