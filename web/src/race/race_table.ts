// The race in numbers: a table that each of its columns can sort, one way and the other.
import { element, fillTable, setText } from "../dom";
import { count, percent } from "../format";
import type { Language } from "../state";
import type { Row } from "./rows";
import { raceWords } from "./words";

interface Column {
  value: (row: Row) => number | string | null;
  falling?: boolean; // the best first is the largest first
}

const COLUMNS: Column[] = [
  { value: (row) => row.title },
  { value: (row) => row.accuracy, falling: true },
  { value: (row) => row.loss },
  { value: (row) => row.parameters },
  { value: (row) => row.multiplyAdds },
  { value: (row) => row.milliseconds },
  { value: (row) => row.memory },
];

export class RaceTable {
  readonly #table = element<HTMLTableElement>("race-table");
  #sorted = { column: -1, falling: false }; // −1: as chosen
  #rows: Row[] = [];
  #lang: Language = "en";

  show(rows: Row[], lang: Language): void {
    [this.#rows, this.#lang] = [rows, lang];
    element("race-results").hidden = rows.length === 0;
    this.#fill();
  }

  // While networks race only texts change: a button that is about to be pressed stays.
  #fill(): void {
    const built = `${this.#lang} ${this.#rows.length}`;
    if (this.#table.dataset["built"] !== built) this.#build();
    this.#table.dataset["built"] = built;
    const { column, falling } = this.#sorted;
    [...this.#table.querySelectorAll("thead th")].forEach((cell, index) => {
      if (index === column) cell.setAttribute("aria-sort", falling ? "descending" : "ascending");
      else cell.removeAttribute("aria-sort");
    });
    this.#inOrder().forEach((row, index) => {
      const [first, ...cells] = this.#table.tBodies[0]!.rows[index]!.cells;
      const named = name(row, this.#lang);
      if (!first!.firstChild?.isEqualNode(named)) first!.replaceChildren(named);
      numbers(row).forEach((text, at) => setText(cells[at]!, text));
    });
  }

  #build(): void {
    const say = raceWords(this.#lang);
    setText(element("race-note"), say.note);
    fillTable(this.#table, say.caption, say.head, this.#rows.map(() => say.head.map(() => "")));
    this.#table.caption!.className = "hidden"; // the heading above says as much
    [...this.#table.querySelectorAll("thead th")].forEach((cell, column) => {
      const sort = document.createElement("button");
      sort.type = "button";
      sort.textContent = cell.textContent;
      sort.addEventListener("click", () => {
        const again = column === this.#sorted.column;
        this.#sorted = { column, falling: again ? !this.#sorted.falling : (COLUMNS[column]!.falling ?? false) };
        this.#fill();
      });
      cell.replaceChildren(sort);
    });
  }

  // What is not known comes last, whichever way.
  #inOrder(): Row[] {
    const { column, falling } = this.#sorted;
    const value = COLUMNS[column]?.value;
    if (!value) return this.#rows;
    const compare = (a: Row, b: Row): number => {
      const [x, y] = [value(a), value(b)];
      if (x === null || y === null) return Number(x === null) - Number(y === null);
      const order = typeof x === "string" ? x.localeCompare(String(y), this.#lang, { numeric: true }) : x - Number(y);
      return falling ? -order : order;
    };
    return [...this.#rows].sort(compare);
  }
}

function name({ title, color, recorded, out }: Row, lang: Language): HTMLElement {
  const say = raceWords(lang);
  const [cell, swatch, words] = [document.createElement("span"), document.createElement("span"), document.createElement("span")];
  cell.className = "named";
  swatch.className = recorded === null ? "swatch" : "swatch recorded";
  swatch.dataset["color"] = String(color);
  words.append(title);
  cell.append(swatch, words);
  const remarks = [recorded !== null && say.recordedOn(recorded), out && say.out].filter((remark) => remark !== false);
  for (const remark of remarks) {
    const tag = document.createElement("span");
    tag.className = "tag";
    tag.textContent = remark;
    words.append(" ", tag);
  }
  return cell;
}

function numbers({ accuracy, tested, loss, parameters, multiplyAdds, milliseconds, memory }: Row): string[] {
  const known = (value: number | null, write: (value: number) => string): string => (value === null ? "–" : write(value));
  return [
    known(accuracy, (share) => `${percent(share)}${tested ? "" : " *"}`),
    known(loss, (value) => value.toFixed(4)),
    known(parameters, count),
    known(multiplyAdds, count),
    known(milliseconds, (value) => value.toFixed(2)),
    known(memory, (bytes) => (bytes / 1e6).toFixed(1)),
  ];
}
