// What is changed in the network: chosen for a part, told to the program, said in words, counted on the test images,
// and undone.
import { button, element, setText } from "../dom";
import { ProgramError, type Program } from "../program";
import type { State, Store } from "../state";
import { Counter } from "./counter";
import { CUT_LISTS, cutLists, cutsOf, type Answers, type Cut, type Cuts, type Network } from "./network";
import type { Score } from "./protocol";
import { lookWords, type LookWords } from "./words";

const key = (cuts: Cuts): string => JSON.stringify(Object.entries(cuts).sort());

export class Changes {
  readonly #program: Program;
  readonly #store: Store;
  readonly #record: () => void;
  readonly #counter = new Counter();
  readonly #fieldset = element<HTMLFieldSetElement>("cut");
  #network: Network | null = null;
  #refused = "";
  #stale = true; // the counter has other weights than the lab
  #trained: Score | null = null;
  #now: { cuts: string; score: Score | null } | null = null; // the last count; without changes there is nothing to count
  #counting = false;

  /** `record` runs the network again, as it is now. */
  constructor(program: Program, store: Store, record: () => void) {
    [this.#program, this.#store, this.#record] = [program, store, record];
    for (const radio of this.#radios()) radio.addEventListener("change", () => this.#choose(radio.value as Cut | ""));
    button("as-trained").addEventListener("click", () => store.set(cutLists({}), { entry: true }));
    store.onChange((state, before) => this.#follow(state, before));
  }

  /** The program has another network, which nothing is changed in. */
  networkChanged(): void {
    this.#network = null;
    this.weightsChanged();
  }

  weightsChanged(): void {
    this.#stale = true;
    this.#now = null;
    void this.#count();
  }

  /** Takes in which parts there are. In a new network what the state wants has yet to be changed. */
  recorded(network: Network): void {
    const first = !this.#network;
    this.#network = network;
    if (first && Object.keys(cutsOf(this.#store.state)).length > 0) this.#tell();
    else this.#showWords();
  }

  /** Shows what concerns the part that is chosen, and counts what was not counted yet. */
  show(): void {
    const { state } = this.#store;
    const part = this.#network?.parts.find(({ id }) => id === state.layer);
    this.#fieldset.disabled = !part || part.can.length === 0;
    const now = (part && cutsOf(state)[part.path]) ?? "";
    for (const radio of this.#radios()) {
      radio.disabled = radio.value !== "" && !part?.can.includes(radio.value as Cut);
      radio.checked = radio.value === now;
    }
    void this.#count();
  }

  get #say(): LookWords {
    return lookWords(this.#store.state.lang);
  }

  #radios(): HTMLInputElement[] {
    return [...this.#fieldset.querySelectorAll<HTMLInputElement>("input")];
  }

  #choose(cut: Cut | ""): void {
    const { state } = this.#store;
    const part = this.#network?.parts.find(({ id }) => id === state.layer);
    if (!part) return;
    const { [part.path]: _, ...others } = cutsOf(state);
    this.#store.set(cutLists(cut ? { ...others, [part.path]: cut } : others), { entry: true });
  }

  #follow(state: State, before: State): void {
    if (Object.values(CUT_LISTS).some((list) => state[list] !== before[list])) this.#tell();
    if (state.lang !== before.lang) this.#showWords();
  }

  // What cannot be changed is said, and the network is as it was trained.
  #tell(): void {
    if (!this.#network) return;
    this.#refused = "";
    try {
      this.#program.run("lab_cut", JSON.stringify(cutsOf(this.#store.state)));
    } catch (error) {
      if (!(error instanceof ProgramError)) throw error;
      this.#program.run("lab_cut", "{}");
      this.#refused = error.message;
    }
    this.#record();
  }

  get #cuts(): Cuts {
    return this.#refused ? {} : cutsOf(this.#store.state);
  }

  #showWords(): void {
    const any = Object.keys(this.#cuts).length > 0;
    element("cuts").hidden = !any && !this.#refused;
    const answers = any ? this.#program.json<Answers | null>("lab_cut_answers") : null;
    const changed = any ? [this.#say.cuts(this.#cuts), answers && this.#say.answers(answers)].filter(Boolean).join(" ") : "";
    setText(element("cuts-words"), this.#refused ? this.#say.noCut(this.#refused) : changed);
  }

  #showScores(): void {
    if (this.#trained && this.#now) setText(element("accuracy"), this.#say.accuracy(this.#trained, this.#now.score));
  }

  // The network as it was trained first, and then as it is now; and again, when something was changed meanwhile.
  async #count(): Promise<void> {
    if (this.#store.state.view !== "look" || !this.#network || this.#counting) return;
    this.#counting = true;
    try {
      for (let cuts = this.#cuts; this.#stale || this.#now?.cuts !== key(cuts); cuts = this.#cuts) await this.#countOnce(cuts);
      this.#showScores();
    } catch (error) {
      this.#stale = true;
      setText(element("accuracy"), this.#say.notCounted((error as Error).message));
    } finally {
      this.#counting = false;
    }
  }

  async #countOnce(cuts: Cuts): Promise<void> {
    const progress = (score: Score | null): void => setText(element("accuracy"), this.#say.counting(score));
    if (this.#stale) {
      this.#stale = false;
      this.#counter.use(this.#store.state.lesson, this.#store.state.options, this.#program.bytes("lab_weights"));
      if (!this.#trained) progress(null);
      this.#trained = await this.#counter.count({}, progress);
    }
    const changed = Object.keys(cuts).length > 0;
    this.#now = { cuts: key(cuts), score: changed ? await this.#counter.count(cuts, progress) : null };
  }
}
