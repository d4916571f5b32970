// The runs, their curves and the norms in numbers: what the canvas shows, as tables.
import { element, fillTable } from "../dom";
import { count, percent, short } from "../format";
import type { Store } from "../state";
import { names } from "./run_names";
import { isEpoch, isNorms, isStep, type Run, type Runs } from "./runs";
import { trainWords } from "./words";

const MOST_ROWS = 60; // of a curve's table; the saved file has all points

const share = (correct: number, total: number): string => (total > 0 ? percent(correct / total) : "–");
const table = (id: string): HTMLTableElement => element(id).querySelector("table")!;
const isOpen = (id: string): boolean => element<HTMLDetailsElement>(id).open;

export class RunsTable {
  readonly #runs: Runs;
  readonly #store: Store;
  readonly #remove: (run: Run) => void;

  constructor(runs: Runs, store: Store, remove: (run: Run) => void) {
    [this.#runs, this.#store, this.#remove] = [runs, store, remove];
    for (const id of ["points", "norms-table"]) element(id).addEventListener("toggle", () => this.show());
  }

  show(): void {
    if (this.#store.state.view !== "train") return;
    this.#showRuns();
    if (isOpen("points")) this.#showPoints();
    if (isOpen("norms-table")) this.#showNorms();
  }

  #showRuns(): void {
    if (element("runs").contains(document.activeElement)) return; // a button that is about to be pressed stays
    const say = trainWords(this.#store.state.lang);
    const all = this.#runs.all;
    const called = names(all, this.#store.state.lang);
    const rows = all.map((run, i) => {
      const step = run.events.findLast(isStep);
      const epoch = run.events.findLast(isEpoch);
      return [
        called[i]!,
        count(run.events.at(-1)?.step ?? 0),
        step ? step.loss.toFixed(4) : "–",
        step ? share(step.train_correct, step.train_total) : "–",
        epoch ? epoch.test_loss.toFixed(4) : "–",
        epoch ? share(epoch.test_correct, epoch.test_total) : "–",
        run === this.#runs.current ? "" : this.#remover(run, called[i]!),
      ];
    });
    fillTable(element("runs"), say.runsCaption(all.length), say.runsHead, rows.reverse());
  }

  #remover(run: Run, name: string): HTMLButtonElement {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "×";
    button.setAttribute("aria-label", trainWords(this.#store.state.lang).removeRun(name));
    button.addEventListener("click", () => {
      button.blur();
      this.#remove(run);
    });
    return button;
  }

  #showPoints(): void {
    const say = trainWords(this.#store.state.lang);
    const called = names(this.#runs.all, this.#store.state.lang);
    const rows = this.#runs.all.flatMap((run, i) => {
      const steps = run.events.filter(isStep);
      const every = Math.ceil(steps.length / MOST_ROWS);
      const shown = run.events.filter((event) => isEpoch(event) || (isStep(event) && steps.indexOf(event) % every === 0));
      return shown.map((event) => {
        const start = [called[i]!, count(event.step)];
        if (isStep(event)) return [...start, event.loss.toFixed(4), share(event.train_correct, event.train_total), "", ""];
        if (!isEpoch(event)) return start;
        const train = [event.train_loss.toFixed(4), share(event.train_correct, event.train_total)];
        return [...start, ...train, event.test_loss.toFixed(4), share(event.test_correct, event.test_total)];
      });
    });
    fillTable(table("points"), say.pointsCaption, say.pointsHead, rows);
  }

  #showNorms(): void {
    const say = trainWords(this.#store.state.lang);
    const events = (this.#runs.current ?? this.#runs.all.at(-1))?.events.filter(isNorms) ?? [];
    const [first, last] = [events[0], events.at(-1)];
    const rows = (last?.norms ?? []).map(({ name, gradient, weight }, i) => {
      const before = first!.norms[i]!;
      return [name, short(before.gradient), short(gradient), short(before.weight), short(weight)];
    });
    fillTable(table("norms-table"), say.normsCaption(first?.step ?? 0, last?.step ?? 0), say.normsHead, rows);
  }
}
