// The race in the view "train": who runs is chosen from all lessons' networks; start, pause, reset; and a table that sorts.
import { lessons } from "virtual:page";
import { button, element, fillTable, setText, throttle } from "../dom";
import { count, percent } from "../format";
import { LiveText } from "../live";
import { chooseOptions } from "../options";
import type { State, Store } from "../state";
import type { RunSettings } from "../train/protocol";
import { MOST, nameOf, readContestants, writeContestants, type Contestant } from "./contestants";
import { Race, type RacerStatus } from "./race";
import { raceWords } from "./words";

type Column = (racer: RacerStatus) => number | string | null;
const COLUMNS: Column[] = [(r) => r.name, (r) => r.accuracy && -r.accuracy, (r) => r.loss, (r) => r.parameters, (r) => r.multiplyAdds, (r) => r.imagesPerSecond && 1 / r.imagesPerSecond];

export class RaceView {
  readonly race: Race;
  readonly #store: Store;
  readonly #settings: () => RunSettings;
  readonly #words = new LiveText(element("race-words"));
  #sorted = -1; // by which column; -1: as chosen

  /** `drawn` hears when the curves have changed, `starting` before networks train. */
  constructor(store: Store, settings: () => RunSettings, drawn: () => void, starting: () => void) {
    [this.#store, this.#settings] = [store, settings];
    const drawSoon = throttle(drawn, 1000);
    const showSoon = throttle(() => this.#show(), 300);
    this.race = new Race(() => {
      drawSoon();
      showSoon();
    });
    button("race-start").addEventListener("click", () => {
      starting();
      this.start();
    });
    button("race-pause").addEventListener("click", () => this.race.pause());
    button("race-reset").addEventListener("click", () => this.race.reset());
    button("race-add").addEventListener("click", () => this.#add());
    element("race-lesson").addEventListener("change", () => this.#fillOptions());
    store.onChange((state, before) => {
      if (state.lang !== before.lang) this.#fill();
      if (state.race !== before.race && state.race !== "") element("race-panel").setAttribute("open", "");
      if (state.race !== before.race || state.lang !== before.lang || state.view !== before.view) this.#show();
    });
    if (store.state.race !== "") element("race-panel").setAttribute("open", "");
    this.#fill();
    this.#show();
  }

  start(): void {
    this.race.start(this.#contestants.map((one) => ({ ...this.#settings(), ...one })));
  }

  get #contestants(): Contestant[] {
    return readContestants(this.#store.state.race) ?? [];
  }

  #fill(): void {
    const select = element<HTMLSelectElement>("race-lesson");
    const chosen = select.value || this.#store.state.lesson;
    select.replaceChildren(...lessons.map(({ id, title }) => new Option(title[this.#store.state.lang], id)));
    select.value = chosen;
    this.#fillOptions();
  }

  // A slider for each of the lesson's options, such as its depth.
  #fillOptions(): void {
    const lesson = lessons.find(({ id }) => id === element<HTMLSelectElement>("race-lesson").value)!;
    const fields = lesson.options.map(({ name, initial, least, most, step, help }) => {
      const [label, slider, value] = [document.createElement("label"), document.createElement("input"), document.createElement("output")];
      Object.assign(slider, { type: "range", name, min: least, max: most, step, value: initial, title: help[this.#store.state.lang] });
      const show = (): void => setText(value, slider.value);
      slider.addEventListener("input", show);
      show();
      label.append(`${name} `, slider, value);
      return label;
    });
    element("race-options").replaceChildren(...fields);
  }

  #add(): void {
    const lesson = element<HTMLSelectElement>("race-lesson").value;
    const sliders = [...element("race-options").querySelectorAll("input")];
    const options = chooseOptions(lesson, Object.fromEntries(sliders.map(({ name, value }) => [name, Number(value)])));
    const all = this.#contestants;
    const say = raceWords(this.#store.state.lang);
    if (!options) return;
    const name = nameOf({ lesson, options });
    if (all.some((one) => nameOf(one) === name)) return this.#words.show(say.twice(name), true);
    if (all.length >= MOST) return this.#words.show(say.full(MOST), true);
    this.#choose([...all, { lesson, options }]);
  }

  #choose(all: Contestant[]): void {
    this.#store.set({ race: writeContestants(all) }, { entry: true });
  }

  #show(): void {
    const { lang, view } = this.#store.state;
    if (view !== "train") return;
    const say = raceWords(lang);
    const status = this.race.status();
    const all = this.#contestants;
    const busy = status.state === "loading" || status.state === "racing";
    button("race-start").disabled = busy || all.length === 0;
    button("race-pause").disabled = !busy;
    button("race-reset").disabled = status.racers.length === 0;
    const list = element("race-list");
    if (list.dataset["shown"] !== `${lang} ${this.#store.state.race}`) list.replaceChildren(...all.map((one) => this.#chip(one)));
    list.dataset["shown"] = `${lang} ${this.#store.state.race}`;
    this.#words.show(say.status(status, all.length), !busy);
    this.#showTable(status.racers, lang);
  }

  #chip(contestant: Contestant): HTMLElement {
    const [item, remove] = [document.createElement("li"), document.createElement("button")];
    remove.type = "button";
    remove.textContent = "×";
    remove.setAttribute("aria-label", raceWords(this.#store.state.lang).remove(nameOf(contestant)));
    remove.addEventListener("click", () => {
      this.#choose(this.#contestants.filter((other) => nameOf(other) !== nameOf(contestant)));
      button("race-add").focus();
    });
    const name = document.createElement("code");
    name.textContent = nameOf(contestant);
    item.append(name, remove);
    return item;
  }

  #showTable(racers: RacerStatus[], lang: State["lang"]): void {
    const table = element<HTMLTableElement>("race-table");
    if (table.contains(document.activeElement) && table.rows.length === racers.length + 1) return this.#fillRows(table, racers, lang);
    table.hidden = racers.length === 0;
    const say = raceWords(lang);
    fillTable(table, say.caption, say.head, racers.map(() => say.head.map(() => "")));
    [...table.querySelectorAll("thead th")].forEach((cell, column) => {
      const sort = document.createElement("button");
      sort.type = "button";
      sort.textContent = say.head[column]!;
      sort.setAttribute("aria-label", say.sortBy(say.head[column]!));
      sort.addEventListener("click", () => {
        this.#sorted = column;
        this.#fillRows(table, this.race.status().racers, this.#store.state.lang);
      });
      cell.replaceChildren(sort);
    });
    this.#fillRows(table, racers, lang);
  }

  #fillRows(table: HTMLTableElement, racers: RacerStatus[], lang: State["lang"]): void {
    const say = raceWords(lang);
    [...table.querySelectorAll("thead th")].forEach((cell, column) => cell.setAttribute("aria-sort", column === this.#sorted ? "ascending" : "none"));
    const key = COLUMNS[this.#sorted];
    const sorted = key ? [...racers].sort((a, b) => compare(key(a), key(b))) : racers;
    sorted.forEach((racer, row) => {
      const texts = [
        racer.state === "failed" ? `${racer.name} (${say.out})` : racer.name,
        racer.accuracy === null ? "–" : `${percent(racer.accuracy)}${racer.tested ? ` (${say.tested})` : ""}`,
        racer.loss === null ? "–" : racer.loss.toFixed(4),
        racer.parameters === null ? "–" : count(racer.parameters),
        racer.multiplyAdds === null ? "–" : count(racer.multiplyAdds),
        racer.imagesPerSecond > 0 ? (1000 / racer.imagesPerSecond).toFixed(2) : "–",
      ];
      [...table.tBodies[0]!.rows[row]!.cells].forEach((cell, column) => setText(cell, texts[column]!));
    });
  }
}

// What is not known yet comes last.
function compare(a: number | string | null, b: number | string | null): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  return a < b ? -1 : Number(a > b);
}
