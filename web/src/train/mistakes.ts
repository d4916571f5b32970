// What the network gets wrong: the confusion matrix as a table, the images behind one of its cells, the worst mistakes.
import { button, element, fillTable, setText } from "../dom";
import type { LabView } from "../lab";
import type { Program } from "../program";
import type { Store } from "../state";
import { confusion, imagesOf, readAnswers, worst, type Answers } from "./answers";
import { testImage, type DataName } from "./mnist";
import { trainWords, type TrainWords } from "./words";

const MOST_IMAGES = 60;
const WORST = 12;

interface Test {
  answers: Answers;
  counts: number[][];
  data: DataName;
  step: number;
}

export class Mistakes {
  readonly #program: Program;
  readonly #view: LabView;
  readonly #store: Store;
  #test: Test | null = null;
  #cell: { label: number; answer: number } | null = null;

  constructor(program: Program, view: LabView, store: Store, testNow: () => void) {
    [this.#program, this.#view, this.#store] = [program, view, store];
    button("test-now").addEventListener("click", () => {
      setText(element("mistakes"), this.#say.testing);
      testNow();
    });
    view.on("confusion", ({ label, answer }) => {
      this.#choose(label as number, answer as number);
      element("cell").scrollIntoView({ block: "nearest" });
    });
    element("confusion").addEventListener("toggle", () => this.#showTable());
    store.onChange((state, before) => {
      if (state.lang !== before.lang) this.#show();
    });
    this.#show();
  }

  /** What was answered in a test, after batch `step`. */
  tested(bytes: Uint8Array<ArrayBuffer>, data: DataName, step: number): void {
    const answers = readAnswers(bytes);
    this.#test = { answers, counts: confusion(answers), data, step };
    this.#show();
  }

  clear(): void {
    this.#test = this.#cell = null;
    this.#show();
  }

  get #say(): TrainWords {
    return trainWords(this.#store.state.lang);
  }

  #choose(label: number, answer: number): void {
    this.#cell = { label, answer };
    this.#draw();
    this.#showCell();
  }

  #show(): void {
    const right = this.#test?.counts.reduce((sum, row, i) => sum + row[i]!, 0) ?? 0;
    const total = this.#test?.answers.labels.length ?? 0;
    setText(element("mistakes"), this.#test ? this.#say.tested(right, total, this.#test.step) : this.#say.notTested);
    element("confusion").hidden = element("worst").hidden = !this.#test;
    this.#draw();
    this.#showTable();
    this.#showCell();
    const { answers } = this.#test ?? {};
    if (answers) this.#pictures("worst", worst(answers, WORST).filter((i) => answers.labels[i] !== answers.answers[i]));
  }

  #draw(): void {
    this.#program.run("lab_training_confusion", JSON.stringify({ counts: this.#test?.counts ?? [], ...this.#cell }));
    this.#view.wake();
  }

  #showTable(): void {
    if (!this.#test || !element<HTMLDetailsElement>("confusion").open) return;
    const { counts, data } = this.#test;
    const name = (digit: number): string => this.#say.className(data, digit);
    const cell = (label: number, answer: number): HTMLButtonElement => {
      const made = document.createElement("button");
      made.type = "button";
      made.textContent = String(counts[label]![answer]);
      made.setAttribute("aria-label", this.#say.cell(name(label), name(answer), counts[label]![answer]!));
      made.addEventListener("click", () => this.#choose(label, answer));
      return made;
    };
    const rows = counts.map((row, label) => [name(label), ...row.map((_, answer) => cell(label, answer))]);
    fillTable(element("confusion").querySelector("table")!, this.#say.confusionCaption, [this.#say.confusionHead, ...counts.map((_, i) => name(i))], rows);
  }

  #showCell(): void {
    element("cell").hidden = !this.#test || !this.#cell;
    if (!this.#test || !this.#cell) return;
    const { label, answer } = this.#cell;
    const found = imagesOf(this.#test.answers, label, answer);
    const name = (digit: number): string => this.#say.className(this.#test!.data, digit);
    element("cell").querySelector("h4")!.textContent = this.#say.cellTitle(name(label), name(answer), found.length, MOST_IMAGES);
    this.#pictures("cell", found.slice(0, MOST_IMAGES));
  }

  // Pictures as links that step through them; those of a test that came meanwhile are not mixed in.
  #pictures(place: string, images: number[]): void {
    const { answers, data } = this.#test!;
    const items = images.map((image) => {
      const [item, link, picture] = [document.createElement("li"), document.createElement("a"), document.createElement("canvas")];
      link.href = `#view=step&step=0&image=${image}`;
      [picture.width, picture.height] = [28, 28];
      picture.setAttribute("aria-hidden", "true");
      const name = (digit: number): string => this.#say.className(data, digit);
      const words = document.createElement("span");
      words.textContent = this.#say.image(image, name(answers.labels[image]!), name(answers.answers[image]!));
      link.title = this.#say.imageLoss(answers.losses[image]!);
      link.append(picture, words);
      item.append(link);
      void testImage(image, data).then(({ pixels }) => paint(picture, pixels), () => undefined); // the words stand without it
      return item;
    });
    element(place).querySelector("ul")!.replaceChildren(...items);
  }
}

function paint(canvas: HTMLCanvasElement, pixels: Uint8Array): void {
  const context = canvas.getContext("2d");
  if (!context) return;
  const picture = context.createImageData(28, 28);
  pixels.forEach((grey, i) => picture.data.set([255 - grey, 255 - grey, 255 - grey, 255], 4 * i));
  context.putImageData(picture, 0, 0);
}
