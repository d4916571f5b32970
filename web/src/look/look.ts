// The view "look inside": the network's parts, the one that was chosen, what the pixels did, and what is changed.
import { element, setText, throttle } from "../dom";
import { short } from "../format";
import type { Box, LabView } from "../lab";
import type { Program } from "../program";
import { NAMES, type State, type Store } from "../state";
import { Changes } from "./changes";
import { names, type Chosen, type Network, type Pixels } from "./network";
import { fillTable, showTable } from "./table";
import { lookWords, type LookWords } from "./words";

const SLICE = 12; // milliseconds of working out what the pixels did, between two looks at what else there is to do
const REDRAW = 300; // … between two drawings of it: a frame that is asked for before the last is drawn waits for it

const radios = (name: string): HTMLInputElement[] => [...document.querySelectorAll<HTMLInputElement>(`input[name="${name}"]`)];

/** A block of the diagram. */
export interface Block extends Box {
  id: string;
  open: boolean;
}

export class LookControls {
  readonly #program: Program;
  readonly #view: LabView;
  readonly #store: Store;
  readonly #changes: Changes;
  #network: Network = { parts: [], parameters: 0, multiply_adds: 0 };
  readonly #redraw: () => void;
  #working = 0;

  /** `record` runs the network again, on the image that was chosen. */
  constructor(program: Program, view: LabView, store: Store, record: () => void) {
    [this.#program, this.#view, this.#store] = [program, view, store];
    this.#redraw = throttle(() => {
      view.wake();
      this.#showPixels();
    }, REDRAW);
    this.#changes = new Changes(program, store, record);
    view.on("recorded", () => this.#recorded());
    view.on("lesson", () => this.#changes.networkChanged());
    view.on("weights", () => this.#changes.weightsChanged());
    view.on("layer", ({ id }) => store.set({ layer: String(id) }, { entry: true }));
    view.on("open", ({ id, open }) => this.#open(String(id), open === true));
    for (const radio of radios("method")) radio.addEventListener("change", () => store.set({ method: radio.value as State["method"] }, { entry: true }));
    const answer = element<HTMLSelectElement>("answer");
    answer.addEventListener("change", () => store.set({ answer: answer.value === "read" ? "read" : Number(answer.value) }, { entry: true }));
    element<HTMLFieldSetElement>("pixels").disabled = false;
    store.onChange((state, before) => this.#follow(state, before));
    this.#tellProgram();
  }

  /** Where the diagram's blocks are. */
  blocks(): Block[] {
    return this.#program.json<Block[]>("lab_look_boxes").map((block) => this.#view.inViewport(block));
  }

  get #say(): LookWords {
    return lookWords(this.#store.state.lang);
  }

  #open(id: string, open: boolean): void {
    const others = names(this.#store.state.open).filter((other) => other !== id);
    this.#store.set({ open: [...others, ...(open ? [id] : [])].join(",") }, { entry: true });
  }

  #follow(state: State, before: State): void {
    if (state.open !== before.open || state.layer !== before.layer) this.#tellProgram();
    if (state.method !== before.method || state.answer !== before.answer) this.#ask();
    const seen = state.view === "look" && (NAMES.some((name) => state[name] !== before[name]) || state.lang !== before.lang || before.view !== "look");
    if (seen) this.#show();
  }

  #tellProgram(): void {
    const { open, layer } = this.#store.state;
    this.#program.call("lab_look_choose", layer);
    this.#program.call("lab_look_open", open);
    this.#view.layout();
  }

  #recorded(): void {
    this.#network = this.#program.json<Network>("lab_look_network");
    this.#changes.recorded(this.#network);
    this.#view.layout(); // another network has another height
    this.#ask();
    this.#show();
  }

  #ask(): void {
    const { method, answer } = this.#store.state;
    this.#program.call("lab_look_ask", method, answer === "read" ? -1 : answer);
    this.#work();
  }

  // Slice by slice, as long as somebody looks.
  #work(): void {
    if (this.#working || this.#store.state.view !== "look") return;
    this.#working = window.setTimeout(() => {
      this.#working = 0;
      const more = this.#program.call("lab_look_advance", SLICE) === 1;
      if (more) this.#work();
      this.#redraw();
    });
  }

  #show(): void {
    if (this.#store.state.view !== "look") return;
    const { state } = this.#store;
    showTable(this.#network, state, this.#say, { open: (id, open) => this.#open(id, open), choose: (id) => this.#store.set({ layer: id }, { entry: true }) });
    this.#showChosen();
    this.#showPixels();
    this.#work();
    this.#changes.show();
  }

  #showChosen(): void {
    const chosen = this.#program.json<Chosen | null>("lab_look_chosen");
    const say = this.#say;
    setText(element("look-chosen"), say.chosen(chosen));
    const details = element<HTMLDetailsElement>("channels");
    details.hidden = !chosen || (chosen.channels.length === 0 && !chosen.numbers);
    if (!chosen || details.hidden) return;
    const { title, channel, minimum, mean, maximum, zeros } = say.channels;
    setText(details.querySelector("summary")!, title(chosen.id));
    const table = details.querySelector("table")!;
    if (chosen.numbers) return fillTable(table, [channel, mean], chosen.numbers.map((value, index) => [index, short(value)]));
    fillTable(table, [channel, minimum, mean, maximum, zeros], chosen.channels.map((c, index) => [index, short(c.minimum), short(c.mean), short(c.maximum), c.zeros]));
  }

  #showPixels(): void {
    const { state } = this.#store;
    const say = this.#say;
    const pixels = this.#program.json<Pixels>("lab_look_pixels");
    for (const radio of radios("method")) radio.checked = radio.value === state.method;
    const answer = element<HTMLSelectElement>("answer");
    const read = pixels.probabilities ? pixels.probabilities.indexOf(Math.max(...pixels.probabilities)) : 0;
    const options = ["read", ...Array.from(pixels.probabilities ?? [], (_, digit) => String(digit))];
    const texts = options.map((option) => (option === "read" ? say.read(read) : option));
    if (texts.join() !== [...answer.options].map(({ text }) => text).join())
      answer.replaceChildren(...options.map((option, index) => new Option(texts[index], option)));
    answer.value = String(state.answer);
    setText(element("look-pixels"), say.pixels(pixels, null));
    this.#tabulate(pixels);
  }

  #tabulate({ map, width }: Pixels): void {
    const details = element<HTMLDetailsElement>("pixel-table");
    details.hidden = !map || !width;
    if (!map || !width) return;
    setText(details.querySelector("summary")!, this.#say.pixelTable);
    const rows = Array.from({ length: map.length / width }, (_, row) => [row, ...map.slice(row * width, (row + 1) * width).map((value) => (value === 0 ? "0" : short(value)))]);
    const fill = (): void => {
      if (details.open) fillTable(details.querySelector("table")!, ["", ...Array.from({ length: width }, (_, column) => String(column))], rows);
    };
    details.ontoggle = fill;
    fill();
  }
}
