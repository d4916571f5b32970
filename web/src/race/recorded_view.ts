// The recorded races in the panel: one to tick each, and of those that are shown the command that made them, to copy.
import { assets, type RunInfo } from "virtual:page";
import { element, setText } from "../dom";
import type { Language, Store } from "../state";
import { readRuns, type Recorded, type RecordedRun } from "./recorded";
import { raceWords } from "./words";

export class RecordedView {
  readonly #store: Store;
  readonly #recorded: Recorded;
  #shown = ""; // what stands there

  constructor(store: Store, recorded: Recorded) {
    [this.#store, this.#recorded] = [store, recorded];
    element("race-recorded").hidden = Object.keys(assets.runs).length === 0;
    this.#fill();
    store.onChange((state, before) => {
      if (state.lang !== before.lang || state.lesson !== before.lesson) this.#fill();
      if (state.runs !== before.runs) {
        this.#tick();
        recorded.show(this.#names);
      }
    });
    if (store.state.runs !== "") recorded.show(this.#names);
  }

  get #names(): string[] {
    return readRuns(this.#store.state.runs) ?? [];
  }

  // The open lesson's, then the others', folded away; in the address they stand in this order, whichever was ticked first.
  #fill(): void {
    const { lang, lesson } = this.#store.state;
    const changed = () => {
      const ticked = [...element("race-recorded-list").querySelectorAll<HTMLInputElement>("input:checked")].map(({ value }) => value);
      this.#store.set({ runs: ticked.join(",") }, { entry: true });
    };
    const choices = (own: boolean) => Object.entries(assets.runs).filter(([, info]) => (info.lesson === lesson) === own).map(([name, info]) => choice(name, info, lang, changed));
    const [own, others, summary, details] = [choices(true), choices(false), document.createElement("summary"), document.createElement("details")];
    setText(summary, raceWords(lang).otherRuns(others.length));
    details.append(summary, ...others);
    details.open = own.length === 0;
    element("race-recorded-list").replaceChildren(...own, details);
    this.#tick();
  }

  #tick(): void {
    for (const box of element("race-recorded-list").querySelectorAll("input")) {
      box.checked = this.#names.includes(box.value);
      const folded = box.closest<HTMLDetailsElement>("#race-recorded-list details");
      if (box.checked && folded) folded.open = true;
    }
  }

  /** To be called when what is shown may have changed. */
  show(): void {
    const { lang } = this.#store.state;
    const runs = this.#recorded.shown;
    const now = [lang, ...runs.map(({ name }) => name)].join(" ");
    if (now === this.#shown) return;
    this.#shown = now;
    element("race-commands").replaceChildren(...runs.map((run) => command(run, lang)));
  }
}

function choice(name: string, info: RunInfo, lang: Language, changed: () => void): HTMLElement {
  const [label, box, words] = [document.createElement("label"), document.createElement("input"), document.createElement("span")];
  label.className = "choice";
  Object.assign(box, { type: "checkbox", value: name });
  box.addEventListener("change", changed);
  setText(words, `${info.nets.map((title) => title[lang]).join(" · ")}: ${raceWords(lang).settings(info).join(", ")}`);
  label.append(box, words);
  return label;
}

function command(run: RecordedRun, lang: Language): HTMLElement {
  const say = raceWords(lang);
  const [part, about, code, row, copy, said] = ["div", "p", "pre", "div", "button", "p"].map((kind) => document.createElement(kind));
  setText(about!, say.about(run));
  code!.tabIndex = 0;
  code!.append(document.createElement("code"));
  setText(code!.firstElementChild as HTMLElement, run.command);
  row!.className = "row";
  (copy as HTMLButtonElement).type = "button";
  setText(copy!, say.copy);
  said!.setAttribute("role", "status");
  copy!.addEventListener("click", () => {
    navigator.clipboard.writeText(run.command).then(
      () => setText(said!, say.copied),
      () => setText(said!, say.notCopied),
    );
  });
  row!.append(copy!, said!);
  part!.append(about!, code!, row!);
  return part!;
}
