// window.lab: what the page offers to other programs, and to a learner at the browser's console.
import { lessons } from "virtual:page";
import type { Bench } from "./bench";
import type { Box, Prediction } from "./lab";
import { layOutAll } from "./lesson";
import { bringLesson } from "./lessons/parts";
import type { Chosen, Network, Pixels } from "./look/network";
import type { Block } from "./look/look";
import type { RunSettings } from "./train/protocol";
import { chooseOptions } from "./options";
import { parseNumber, SETTINGS, type State, type Store } from "./state";
import type { RaceStatus } from "./race/race";
import type { Curve } from "./race/rows";
import { runSettings } from "./train/training_controls";
import type { Step } from "./step/trace";
import type { TrainStatus } from "./train/training";

export interface Lab {
  /** Settles when the lab can be used; fails where it cannot, with the reason. Asking for it opens the lab. */
  readonly ready: Promise<void>;
  /** The drawing pad in CSS pixels of the viewport; its view is shown and it is scrolled into sight first. */
  drawPad(): Box;
  /** The view's panels on the canvas, in CSS pixels of the viewport. */
  panels(): (Box & { title: string })[];
  clear(): void;
  /** What the network reads; null while the pad is empty. */
  prediction(): Prediction | null;
  train: {
    /** Begins a run, or goes on with it where nothing differs but what can change meanwhile. What is not given is as on the page. */
    start(settings?: Partial<RunSettings>): Promise<void>;
    pause(): Promise<void>;
    step(settings?: Partial<RunSettings>): Promise<void>;
    reset(): void;
    status(): TrainStatus;
    /** The curves of all runs, as a table. */
    csv(): string;
  };
  /** The networks that the address names, raced on the same batches, with the settings of the page. */
  race: {
    start(): void;
    pause(): void;
    reset(): void;
    status(): RaceStatus;
    /** Those on the board, of recorded races first. */
    curves(): Curve[];
  };
  trace: {
    readonly length: number;
    go(index: number): void;
    state(): Step | null;
  };
  /** The network's inside, as it is chosen in the address. */
  look: {
    network(): Network;
    chosen(): Chosen | null;
    pixels(): Pixels;
    /** The diagram's blocks in CSS pixels of the viewport; the view is shown first. */
    blocks(): Block[];
  };
  /** The weights that read the drawing, as safetensors. */
  weights(): Uint8Array;
  load(bytes: Uint8Array | ArrayBuffer): void;
}

// Takes over into the page what it has fields for; the rest is for this run alone.
async function settle(store: Store, wanted: Partial<RunSettings>): Promise<RunSettings> {
  const change: Partial<State> = {};
  for (const name of SETTINGS) {
    const value = wanted[name];
    if (value === undefined) continue;
    if (parseNumber(name, String(value)) === null) throw new RangeError(`${name} cannot be ${value}`);
    change[name] = value;
  }
  if (wanted.lesson !== undefined) {
    if (!lessons.some(({ id }) => id === wanted.lesson)) throw new RangeError(`lesson cannot be ${wanted.lesson}`);
    await bringLesson(wanted.lesson);
    change.lesson = wanted.lesson;
  }
  if (wanted.options !== undefined) {
    const options = chooseOptions(wanted.lesson ?? store.state.lesson, wanted.options);
    if (!options) throw new RangeError(`options cannot be ${JSON.stringify(wanted.options)}`);
    change.options = options;
  }
  if (wanted.data !== undefined) change.data = wanted.data;
  if (wanted.augment !== undefined) change.augment = wanted.augment ? "on" : "off";
  store.set(change);
  return { ...runSettings(store), ...wanted, options: store.state.options };
}

/** `open` opens the lab where the page has not done so yet. */
export function offerLab(store: Store, opened: Promise<Bench>, open: () => void): void {
  let bench: Bench | null = null;
  const ready = opened.then((opening) => {
    bench = opening;
  });
  ready.catch(() => undefined); // said on the page; who waits for it is told as well
  const use = (): Bench => {
    if (!bench) throw new Error("the lab is not ready: wait for lab.ready");
    return bench;
  };
  const lab: Lab = {
    get ready() {
      open();
      return ready;
    },
    drawPad: () => {
      store.set({ view: "draw" });
      layOutAll(); // a place that stays
      const pad = use().view.pad();
      if (pad.y >= 0 && pad.y + pad.height <= innerHeight) return pad;
      document.getElementById("pad")!.scrollIntoView({ block: "center", behavior: "instant" });
      return use().view.pad();
    },
    panels: () => use().view.panels(),
    clear: () => use().drawing.clear(),
    prediction: () => use().view.prediction(),
    train: {
      start: async (settings = {}) => use().train.training.start(await settle(store, settings)),
      pause: async () => use().train.training.pause(),
      step: async (settings = {}) => use().train.training.step(await settle(store, settings)),
      reset: () => use().train.actions.reset(),
      status: () => use().train.training.status(),
      csv: () => use().train.csv(),
    },
    race: {
      start: () => use().train.racing.start(),
      pause: () => use().train.racing.race.pause(),
      reset: () => use().train.racing.race.reset(),
      status: () => use().train.racing.race.status(),
      curves: () => use().train.racing.curves(),
    },
    trace: {
      get length() {
        return use().trace.length;
      },
      go: (index) => {
        store.set({ view: "step" });
        use().trace.go(index);
      },
      state: () => use().trace.state(),
    },
    look: {
      network: () => use().program.json("lab_look_network"),
      chosen: () => use().program.json("lab_look_chosen"),
      pixels: () => use().program.json("lab_look_pixels"),
      blocks: () => {
        store.set({ view: "look" });
        return use().look.blocks();
      },
    },
    weights: () => use().program.bytes("lab_weights"),
    load: (bytes) => use().load(bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes)),
  };
  Object.assign(globalThis, { lab });
}
