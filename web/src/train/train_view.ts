// The view "train": one training, its curves among those of earlier runs, and all that is shown of it.
import { tell } from "../alerts";
import { element } from "../dom";
import type { LabView } from "../lab";
import type { Program } from "../program";
import { RaceView } from "../race/race_view";
import { hasNorms } from "../race/rows";
import { raceWords } from "../race/words";
import type { State, Store } from "../state";
import { startFiles } from "./files";
import type { KeptTraining } from "./kept";
import { Keeping } from "./keeping";
import { Mistakes } from "./mistakes";
import { Moments } from "./moments";
import type { Report } from "./protocol";
import { names } from "./run_names";
import { csv, isNorms, Runs } from "./runs";
import { RunsTable } from "./runs_table";
import { Training } from "./training";
import { runSettings, startTrainingControls, type TrainingActions } from "./training_controls";

/** What the view asks of the lab around it. */
export interface LabWeights {
  /** Reads with weights that are being trained, or that were kept on the way. */
  train(bytes: Uint8Array): void;
  /** Reads with weights from a file. Throws ProgramError when they are not this network's. */
  load(bytes: Uint8Array, name: string): void;
  /** The lesson's network again, as it was before training. */
  restore(): void;
}

export class TrainView {
  readonly training: Training;
  readonly actions: TrainingActions;
  readonly racing: RaceView;
  readonly #program: Program;
  readonly #view: LabView;
  readonly #store: Store;
  readonly #runs = new Runs();
  readonly #moments: Moments;
  readonly #mistakes: Mistakes;
  readonly #keeping: Keeping;
  readonly #table: RunsTable;
  readonly #statusChanged: () => void;

  constructor(program: Program, view: LabView, store: Store, weights: LabWeights) {
    [this.#program, this.#view, this.#store] = [program, view, store];
    this.training = this.#makeTraining();
    this.actions = this.#makeActions(weights);
    this.#moments = new Moments(program, view, store, (bytes) => weights.train(bytes));
    this.#mistakes = new Mistakes(program, view, store, () => this.training.test());
    this.#table = new RunsTable(this.#runs, store, (run) => {
      this.#runs.remove(run);
      this.#drawAll();
    });
    this.#statusChanged = startTrainingControls(store, this.training, this.actions, (error) => tell((error as Error).message));
    startFiles(program, store, this.#runs, async (bytes, name) => {
      await this.training.pause(); // the next weights that are trained would take their place
      weights.load(bytes, name);
    });
    this.#keeping = new Keeping(store, { wanted: (on) => this.training.keep(on), goOn: (kept) => this.#goOn(kept) });
    this.racing = new RaceView(store, () => runSettings(store), () => this.#drawAll(), () => void this.training.pause());
    store.onChange((state, before) => this.#follow(state, before));
    element("whose").addEventListener("change", ({ target }) => store.set({ whose: (target as HTMLSelectElement).value }, { entry: true }));
    this.#showPlots();
    this.#table.show();
  }

  /** The curves as a table for other programs. */
  csv(): string {
    return csv(this.#runs.all);
  }

  #makeTraining(): Training {
    return new Training(this.#store.state.lesson, {
      status: () => this.#statusChanged(),
      weights: (bytes, step) => this.#moments.add(bytes, step),
      report: (report) => this.#report(report),
      answers: (bytes, step) => this.#mistakes.tested(bytes, this.training.settings?.data ?? "mnist", step),
      checkpoint: (checkpoint, step, epoch) => {
        const { settings } = this.training;
        const run = this.#runs.current;
        if (!settings || !run) return;
        const past = this.#runs.all.filter((other) => other !== run);
        this.#keeping.put({ date: Date.now(), settings, run, past, checkpoint, epoch, step });
      },
      begun: (settings) => {
        this.#keeping.hideOffer();
        this.#startOver();
        this.#runs.begin({ settings: { ...settings }, changes: [], events: [] });
        this.#drawAll();
      },
      changed: (settings, step) => {
        this.#runs.change(step, settings);
        this.#drawAll(); // its name has changed
      },
    });
  }

  #makeActions(weights: LabWeights): TrainingActions {
    const settings = (): ReturnType<typeof runSettings> => runSettings(this.#store);
    return {
      start: () => this.training.start(settings()),
      pause: () => this.training.pause(),
      step: () => this.training.step(settings()),
      reset: () => {
        this.training.reset(this.#store.state.lesson);
        this.#runs.end();
        this.#startOver();
        this.#drawAll();
        weights.restore();
      },
    };
  }

  // What belongs to one run alone.
  #startOver(): void {
    this.#moments.clear();
    this.#mistakes.clear();
  }

  #goOn({ settings, run, past, checkpoint, epoch, step }: KeptTraining): void {
    const { lesson, options, seed, lr, momentum, batch, epochs, augment, data } = settings;
    this.#store.set({ lesson, options, seed, lr, momentum, batch, epochs, augment: augment ? "on" : "off", data });
    this.#startOver();
    for (const one of [...past, run]) this.#runs.begin(one);
    this.#drawAll();
    this.training.resume(settings, checkpoint, { epoch, step });
  }

  #report(report: Report): void {
    if (report.events.length === 0) return;
    const thinned = this.#runs.add(report.events);
    if (thinned) this.#drawAll();
    else this.#program.run("lab_training_event", JSON.stringify({ events: report.events }));
    this.#view.wake();
    this.#table.show();
  }

  #drawAll(): void {
    const { all, current } = this.#runs;
    const called = names(all, this.#store.state.lang);
    const raced = this.racing.curves();
    const color = new Set(raced.map((curve) => curve.color)).size + (current ? 0 : 1);
    const trained = all.map((run, i) => ({
      key: run === all.at(-1) ? "" : null,
      name: called[i]!,
      color: color + all.length - 1 - i, // the current one's stays, whatever was trained before
      current: run === current,
      events: run.events,
    }));
    const layers = this.#whoseLayers([...trained.filter(({ key }) => key !== null), ...raced.filter(hasNorms)]);
    const runs = [...raced, ...trained].map((run) => ({
      ...run,
      layers: run.key === layers,
      events: run.key === layers ? run.events : run.events.filter((event) => !isNorms(event)),
    }));
    this.#program.run("lab_training_runs", JSON.stringify(runs));
    this.#view.wake();
    this.#table.show();
  }

  // Whose norms are shown, and the list to choose from: the one that is trained last, and who has norms in a race.
  #whoseLayers(choices: { key: string | null; name: string; recorded?: boolean }[]): string | null {
    const { whose, lang } = this.#store.state;
    const say = raceWords(lang).whose;
    const select = element<HTMLSelectElement>("whose");
    const options = choices.map(({ key, name, recorded }) => new Option(key === "" ? say.training : recorded ? say.recorded(name) : name, key!));
    const same = options.length === select.options.length && options.every((option, i) => option.isEqualNode(select.options[i]!));
    if (!same) select.replaceChildren(...options);
    const chosen = choices.find(({ key }) => key === whose) ?? choices[0];
    element("whose-choice").hidden = choices.every(({ key }) => key === "");
    select.value = chosen?.key ?? "";
    return chosen?.key ?? null;
  }

  #showPlots(): void {
    const { scale, norms } = this.#store.state;
    this.#program.run("lab_training_view", JSON.stringify({ logarithmic: scale === "log", norms }));
    this.#view.wake();
  }

  #follow(state: State, before: State): void {
    if (state.scale !== before.scale || state.norms !== before.norms) this.#showPlots();
    if (state.whose !== before.whose || state.lang !== before.lang) this.#drawAll();
    if (state.view !== before.view || state.lang !== before.lang) this.#table.show();
  }
}
