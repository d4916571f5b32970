// The wish to keep a training in this browser, and the offer to go on with a kept one.
import { tell } from "../alerts";
import { forget, keep, kept } from "../database";
import { button, element, input, setText } from "../dom";
import type { Store } from "../state";
import { recall, remember } from "../storage";
import type { KeptTraining } from "./kept";
import { trainWords, type TrainWords } from "./words";

export interface KeepingActions {
  /** The wish has changed. */
  wanted(on: boolean): void;
  goOn(kept: KeptTraining): void;
}

export class Keeping {
  readonly #store: Store;
  readonly #actions: KeepingActions;
  #offered: KeptTraining | null = null;
  #writing = Promise.resolve();

  constructor(store: Store, actions: KeepingActions) {
    [this.#store, this.#actions] = [store, actions];
    const wish = input("keep");
    wish.checked = recall("keep") === "yes";
    wish.disabled = false;
    wish.addEventListener("change", () => {
      remember("keep", wish.checked ? "yes" : "no");
      actions.wanted(wish.checked);
      if (!wish.checked) this.#forget();
    });
    button("go-on").addEventListener("click", () => this.#goOn());
    button("forget").addEventListener("click", () => this.#forget());
    store.onChange((state, before) => {
      if (state.lang !== before.lang) this.#show();
    });
    if (wish.checked) actions.wanted(true);
    void this.#look();
  }

  /** Keeps a training instead of what was kept before. What goes wrong, a full disk for one, is said. */
  put(training: KeptTraining): void {
    this.hideOffer();
    if (!input("keep").checked) return; // it was on its way when the wish was taken back
    this.#after(async () => {
      await keep("training", training);
      setText(element("keep-words"), this.#say.keptAt(training));
    });
  }

  /** Another training goes on: the kept one is offered no longer. */
  hideOffer(): void {
    this.#offered = null;
    this.#show();
  }

  get #say(): TrainWords {
    return trainWords(this.#store.state.lang);
  }

  // One after the other, so that forgetting is not overtaken.
  #after(work: () => Promise<unknown>): void {
    this.#writing = this.#writing.then(work).then(
      () => undefined,
      (error: Error) => tell(this.#say.notKept(error.message || error.name)),
    );
  }

  async #look(): Promise<void> {
    this.#offered = await kept<KeptTraining>("training");
    this.#show();
  }

  #goOn(): void {
    const training = this.#offered;
    this.hideOffer();
    if (!training) return;
    input("keep").checked = true; // who goes on with a kept training wants it kept
    remember("keep", "yes");
    this.#actions.wanted(true);
    this.#actions.goOn(training);
  }

  #forget(): void {
    this.hideOffer();
    setText(element("keep-words"), "");
    this.#after(() => forget("training"));
  }

  #show(): void {
    element("offer").hidden = !this.#offered;
    if (this.#offered) setText(element("offer-words"), this.#say.offer(this.#offered));
  }
}
