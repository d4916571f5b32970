// "That's wrong: it was a 7" keeps the drawing. What is kept is shown, can be taken out, saved as IDX files, and trained on.
import { tell } from "../alerts";
import { forget, keep, kept } from "../database";
import { button, element, input, setText } from "../dom";
import type { LabView } from "../lab";
import type { Program } from "../program";
import type { Store } from "../state";
import { PIXELS } from "../train/mnist";
import { idxFiles, type Kept } from "./kept";
import { Tuner } from "./tuner";
import { drawWords, type DrawWords } from "./words";

export class KeptControls {
  #kept: Kept[] = [];
  readonly #program: Program;
  readonly #view: LabView;
  readonly #store: Store;
  readonly #tuner: Tuner;
  #said: (say: DrawWords) => string = () => "";

  /** `use` gets the weights that training on the kept drawings has made. */
  constructor(program: Program, view: LabView, store: Store, use: (weights: Uint8Array) => void) {
    this.#program = program;
    this.#view = view;
    this.#store = store;
    this.#tuner = new Tuner(use);
    this.#offerDigits();
    input("kept-stay").addEventListener("change", () => void this.#save());
    button("kept-save").addEventListener("click", () => this.#download());
    button("kept-train").addEventListener("click", () => void this.#train(true));
    button("kept-alone").addEventListener("click", () => void this.#train(false));
    store.onChange((state, before) => {
      if (state.lang !== before.lang) this.#show();
    });
    void kept<Kept[]>("kept drawings").then((stored) => {
      if (!stored) return;
      input("kept-stay").checked = true;
      this.#kept.unshift(...stored);
      this.#show();
    });
  }

  #offerDigits(): void {
    for (let digit = 0; digit < 10; ++digit) {
      const choice = document.createElement("button");
      choice.type = "button";
      choice.textContent = String(digit);
      choice.addEventListener("click", () => this.#keep(digit));
      element("digits").append(choice);
    }
  }

  #keep(label: number): void {
    const seen = this.#program.peek("lab_seen", PIXELS);
    const read = this.#view.prediction();
    if (!seen || !read) return;
    this.#kept.push({ pixels: seen, label, read: read.digit });
    this.#changed((say) => say.keptNow(label));
  }

  #changed(said: (say: DrawWords) => string): void {
    this.#said = said;
    this.#show();
    if (input("kept-stay").checked) void this.#save();
  }

  async #save(): Promise<void> {
    try {
      await (input("kept-stay").checked && this.#kept.length > 0 ? keep("kept drawings", this.#kept) : forget("kept drawings"));
    } catch {
      input("kept-stay").checked = false;
      tell(drawWords(this.#store.state.lang).cannotKeep);
    }
  }

  #show(): void {
    const say = drawWords(this.#store.state.lang);
    element("kept").hidden = this.#kept.length === 0;
    setText(element("kept-title"), say.kept(this.#kept.length));
    setText(element("kept-words"), this.#said(say));
    element("kept-list").replaceChildren(...this.#kept.map((one) => this.#item(one, say)));
  }

  #item(one: Kept, say: DrawWords): HTMLElement {
    const item = document.createElement("li");
    const picture = document.createElement("canvas");
    picture.width = picture.height = 28;
    picture.setAttribute("role", "img");
    picture.setAttribute("aria-label", say.keptDigit(one.label, one.read));
    const pixels = new ImageData(28, 28);
    one.pixels.forEach((grey, index) => pixels.data.set([grey, grey, grey, 255], 4 * index));
    picture.getContext("2d")?.putImageData(pixels, 0, 0);
    const name = document.createElement("span");
    name.textContent = String(one.label);
    const remove = document.createElement("button");
    remove.type = "button";
    remove.textContent = "×";
    remove.setAttribute("aria-label", say.remove(one.label));
    remove.addEventListener("click", () => this.#remove(one));
    item.append(picture, name, remove);
    return item;
  }

  #remove(one: Kept): void {
    const at = this.#kept.indexOf(one);
    this.#kept.splice(at, 1);
    this.#changed(() => "");
    // The focus stays near where it was.
    const left = element("kept-list").querySelectorAll("button");
    (left[Math.min(at, left.length - 1)] ?? element("pad")).focus();
  }

  #download(): void {
    const { images, labels } = idxFiles(this.#kept);
    for (const [name, bytes] of [["kept-images-idx3-ubyte", images], ["kept-labels-idx1-ubyte", labels]] as const) {
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob([bytes], { type: "application/octet-stream" }));
      link.download = name;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
    }
  }

  async #train(mixed: boolean): Promise<void> {
    const choices = ["kept-train", "kept-alone"].map(button);
    for (const choice of choices) choice.disabled = true;
    const tell = (said: (say: DrawWords) => string): void => {
      this.#said = said;
      this.#show();
    };
    tell((say) => say.tuning);
    try {
      const result = await this.#tuner.train(this.#store.state.lesson, this.#program.bytes("lab_weights"), this.#kept, mixed);
      tell((say) => say.tuned(result));
    } catch (error) {
      tell((say) => say.notTuned((error as Error).message));
    }
    for (const choice of choices) choice.disabled = false;
  }
}
