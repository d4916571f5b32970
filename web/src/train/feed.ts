// Feeds a worker's program with a data set, piece by piece: fetched once, and kept from run to run until another set is wanted.
// The first test images come first, since a run begins with both sets; then what is trained on; then the rest.
import type { Program } from "../program";
import { fetchPiece, piecesOf, sum, type DataName } from "./mnist";

export class Feed {
  #data: DataName | null = null;
  #fed = 0; // pieces
  #feeds = 0;
  #feeding = 0; // which of them goes on; 0: none
  readonly #loaded: (images: number, total: number) => void;

  /** `loaded` hears of each piece that the program has. */
  constructor(loaded: (images: number, total: number) => void) {
    this.#loaded = loaded;
  }

  async feed(machine: Program, base: string, name: DataName): Promise<void> {
    if (this.#data === name && this.#feeding) return;
    if (this.#data !== name) [this.#data, this.#fed] = [name, 0];
    const mine = ++this.#feeds;
    this.#feeding = mine;
    const { train, test } = piecesOf(name);
    const order = [...test.slice(0, 1), ...train, ...test.slice(1)];
    const loaded = (): void => this.#loaded(sum(order.slice(0, this.#fed)), sum(order));
    try {
      loaded();
      for (let piece = order[this.#fed]; piece; piece = order[this.#fed]) {
        const { images, labels, count } = await fetchPiece(piece, base);
        if (this.#feeding !== mine) return; // another set was chosen meanwhile
        machine.run("train_add_data", test.includes(piece) ? 1 : 0, images, labels, count);
        this.#fed += 1;
        loaded();
      }
    } finally {
      if (this.#feeding === mine) this.#feeding = 0;
    }
  }
}

/** What a run is told of its data. Shuffled within a piece, so that training can start on the first. */
export function dataSizes(data: DataName): { total: number; test_total: number; window: number } {
  const { train, test } = piecesOf(data);
  return { total: sum(train), test_total: sum(test), window: train[0]!.count };
}
