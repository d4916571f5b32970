// The race in the view "train": who runs, recorded races beside it, start, pause, reset, and what has come of it.
import { tell } from "../alerts";
import { button, element, throttle } from "../dom";
import { LiveText } from "../live";
import type { State, Store } from "../state";
import type { RunSettings } from "../train/protocol";
import { Chooser } from "./chooser";
import { Race, type RaceState } from "./race";
import { RaceTable } from "./race_table";
import { Recorded } from "./recorded";
import { RecordedView } from "./recorded_view";
import { curves, rows, type Curve } from "./rows";
import { raceWords } from "./words";

export class RaceView {
  readonly race: Race;
  readonly #recorded: Recorded;
  readonly #store: Store;
  readonly #settings: () => RunSettings;
  readonly #words = new LiveText(element("race-words"));
  readonly #chooser: Chooser;
  readonly #recordedView: RecordedView;
  readonly #table = new RaceTable();
  #said: RaceState | null = null;

  /** `drawn` hears when the curves have changed, `starting` before networks train. */
  constructor(store: Store, settings: () => RunSettings, drawn: () => void, starting: () => void) {
    [this.#store, this.#settings] = [store, settings];
    const drawSoon = throttle(drawn, 1000);
    const showSoon = throttle(() => this.#show(), 300);
    const changed = (): void => {
      drawSoon();
      if (this.race.status().state === this.#said) showSoon();
      else this.#show(); // numbers may wait; that a race began or ended is said at once
    };
    this.race = new Race(changed);
    this.#recorded = new Recorded(changed, (reason) => tell(raceWords(store.state.lang).notFetched(reason)));
    this.#chooser = new Chooser(store, (why) => this.#words.show(why, true));
    this.#recordedView = new RecordedView(store, this.#recorded);
    button("race-start").addEventListener("click", () => {
      starting();
      this.start();
    });
    button("race-pause").addEventListener("click", () => this.race.pause());
    button("race-reset").addEventListener("click", () => this.race.reset());
    store.onChange((state, before) => {
      openFor(state, before);
      if (state.race !== before.race || state.lang !== before.lang || state.view !== before.view) this.#show();
    });
    openFor(store.state);
    this.#show();
  }

  start(): void {
    this.race.start(this.#chooser.contestants.map((one) => ({ ...this.#settings(), ...one })));
  }

  /** For the board: recorded ones first, so that what is live lies over them. */
  curves(): Curve[] {
    return curves(this.race, this.#recorded.shown, this.#store.state.lang);
  }

  #show(): void {
    const { lang, view } = this.#store.state;
    if (view !== "train") return;
    const status = this.race.status();
    this.#said = status.state;
    const chosen = this.#chooser.contestants.length;
    const busy = status.state === "loading" || status.state === "racing";
    button("race-start").disabled = busy || chosen === 0;
    button("race-pause").disabled = !busy;
    button("race-reset").disabled = status.racers.length === 0;
    this.#words.show(raceWords(lang).status(status, chosen, lang), !busy);
    this.#recordedView.show();
    this.#table.show(rows(this.race, this.#recorded.shown, lang), lang);
  }
}

// A link that names a race opens the panel; what a visitor closes stays closed.
function openFor(state: State, before?: State): void {
  const named = (["race", "runs"] as const).some((name) => state[name] !== "" && state[name] !== before?.[name]);
  if (named) element("race-panel").setAttribute("open", "");
}
