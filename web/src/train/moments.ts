// The scrubber: the lab gets the weights that were kept at a moment of the training.
import { element, input, setText } from "../dom";
import type { LabView } from "../lab";
import type { Program } from "../program";
import type { State, Store } from "../state";
import { testImage } from "./mnist";
import { Snapshots } from "./snapshots";
import { tensorNames } from "./safetensors";
import { trainWords } from "./words";

export class Moments {
  readonly #program: Program;
  readonly #view: LabView;
  readonly #store: Store;
  readonly #use: (bytes: Uint8Array) => void;
  readonly #snapshots = new Snapshots();
  readonly #slider = input("moment");
  readonly #parameter = element<HTMLSelectElement>("parameter");
  #chosen: number | null = null; // the step whose weights are looked at; null: the newest
  #turn = 0;

  /** `use` gives weights to the lab. */
  constructor(program: Program, view: LabView, store: Store, use: (bytes: Uint8Array) => void) {
    [this.#program, this.#view, this.#store, this.#use] = [program, view, store, use];
    this.#slider.addEventListener("input", () => this.#go());
    this.#parameter.addEventListener("change", () => this.#showParameter());
    store.onChange((state, before) => {
      if (state.image !== before.image || state.data !== before.data) void this.#watch(state);
      if (state.lang !== before.lang || state.image !== before.image) this.#show();
    });
    void this.#watch(store.state);
    this.#show();
  }

  /** New weights, after batch `step`: the lab gets them, unless an earlier moment is looked at. */
  add(bytes: Uint8Array<ArrayBuffer>, step: number): void {
    if (this.#parameter.options.length === 0) this.#offerParameters(bytes);
    this.#snapshots.add({ step, bytes });
    if (this.#chosen === null) this.#use(bytes);
    this.#show();
  }

  clear(): void {
    this.#snapshots.clear();
    this.#chosen = null;
    this.#parameter.replaceChildren();
    this.#parameter.disabled = true;
    this.#show();
  }

  #go(): void {
    const at = Number(this.#slider.value);
    const all = this.#snapshots.all;
    const snapshot = all[at];
    if (!snapshot) return;
    this.#chosen = at === all.length - 1 ? null : snapshot.step;
    this.#use(snapshot.bytes);
    this.#show();
  }

  // Where the weights that are looked at were thinned out, the nearest later ones are shown.
  #show(): void {
    const all = this.#snapshots.all;
    const last = all.length - 1;
    const found = this.#chosen === null ? last : all.findIndex(({ step }) => step >= this.#chosen!);
    this.#slider.max = String(Math.max(last, 0));
    this.#slider.value = String(Math.max(found, 0));
    this.#slider.disabled = last < 1;
    const say = trainWords(this.#store.state.lang);
    const words = last < 0 ? say.noMoments : say.moment(this.#chosen ?? all[last]!.step, this.#chosen === null, all.length, this.#store.state.image);
    setText(element("moment-words"), words);
    this.#slider.setAttribute("aria-valuetext", words);
  }

  #offerParameters(bytes: Uint8Array): void {
    this.#parameter.replaceChildren(...tensorNames(bytes).map((name) => new Option(name, name)));
    this.#parameter.disabled = false;
    this.#showParameter();
  }

  #showParameter(): void {
    this.#program.run("lab_training_view", JSON.stringify({ parameter: this.#parameter.value }));
    this.#view.wake();
  }

  // The digit whose reading the canvas shows: the one that is stepped through.
  async #watch({ image, data }: State): Promise<void> {
    const turn = ++this.#turn;
    const pixels = image === "drawing" ? null : await testImage(image, data).then(({ pixels }) => pixels, () => null);
    if (turn !== this.#turn) return;
    this.#program.call("lab_training_digit", pixels);
    this.#view.wake();
  }
}
