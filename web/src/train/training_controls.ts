// Train, Pause, One batch, Reset, and what training says of itself.
import { button, element, throttle } from "../dom";
import { LiveText } from "../live";
import { oneThread } from "../program";
import type { RunSettings } from "./protocol";
import type { Store } from "../state";
import { type Training, type TrainState } from "./training";
import { trainWords } from "./words";

export const runSettings = ({ state: { lesson, options, seed, lr, momentum, batch, epochs, augment, data } }: Store): RunSettings => ({
  lesson,
  options,
  seed,
  lr,
  momentum,
  batch,
  epochs,
  augment: augment === "on",
  data,
});

export interface TrainingActions {
  start(): Promise<void>;
  pause(): Promise<void>;
  step(): Promise<void>;
  reset(): void;
}

/** Returns what to call after each change of the training's status. */
export function startTrainingControls(store: Store, training: Training, actions: TrainingActions, onError: (error: unknown) => void): () => void {
  const [train, pause, step, reset] = ["train", "pause", "one-batch", "reset"].map(button) as [HTMLButtonElement, HTMLButtonElement, HTMLButtonElement, HTMLButtonElement];
  const live = new LiveText(element("training"));
  let spoken: TrainState | null = null;

  const update = (): void => {
    const status = training.status();
    const fresh = training.needsNewRun(runSettings(store));
    train.disabled = training.busy || (status.state === "finished" && !fresh);
    step.disabled = train.disabled;
    pause.disabled = !training.busy;
    button("test-now").disabled = status.step === 0 || status.state === "loading";
    reset.disabled = status.state === "idle" && !training.settings;
    const say = trainWords(store.state.lang);
    const text = say.training(status, oneThread);
    const more = !training.busy && training.settings && fresh && status.state !== "failed" ? ` ${say.newRun(store.state.seed)}` : "";
    live.show(text + more, status.state !== spoken);
    spoken = status.state;
  };
  const soon = throttle(update, 250);

  const act = (control: HTMLButtonElement, action: () => Promise<void> | void): void =>
    control.addEventListener("click", () => void Promise.resolve(action()).catch(onError));
  act(train, () => actions.start());
  act(pause, () => actions.pause());
  act(step, () => actions.step());
  act(reset, () => actions.reset());

  store.onChange((state, before) => {
    const live = ["lr", "momentum", "batch", "epochs"] as const;
    if (live.some((name) => state[name] !== before[name])) training.set(state);
    update();
  });
  update();
  // Numbers may wait; that training began or ended is said at once.
  return () => (training.status().state === spoken ? soon() : update());
}
