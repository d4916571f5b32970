// Who is in the race's table and on the board of curves: the networks that race here, and those of recorded runs.
import { assets } from "virtual:page";
import type { Language } from "../state";
import type { TrainEvent } from "../train/protocol";
import { isEpoch, isNorms, isStep } from "../train/runs";
import { titleOf } from "./contestants";
import type { Race } from "./race";
import type { RecordedNet, RecordedRun } from "./recorded";
import { raceWords } from "./words";

/** One network in numbers; null is what is not known (yet). */
export interface Row {
  title: string;
  color: number; // web/lab/train/plot.hpp: run_color
  recorded: string | null; // of which data set; null: it races here
  out: boolean;
  accuracy: number | null;
  tested: boolean; // else the accuracy is that of the images trained last
  loss: number | null;
  parameters: number | null;
  multiplyAdds: number | null;
  milliseconds: number | null; // to train on an image
  memory: number | null; // bytes
}

/** A line on the board (lab_training_runs). */
export interface Curve {
  key: string; // "race.0", "cifar10.2": how the address names it
  name: string;
  color: number;
  recorded: boolean;
  events: TrainEvent[];
}

/** What each net of each run is called. One that is in several of the runs is told from the others by what these were set to. */
function titles(runs: readonly RecordedRun[], lang: Language): string[][] {
  const all = runs.flatMap(({ nets }) => nets.map(({ title }) => title[lang]));
  const settings = runs.map(({ name }) => raceWords(lang).settings(assets.runs[name]!));
  return runs.map(({ nets }, run) => {
    const own = settings[run]!.filter((setting, i) => settings.some((other) => other[i] !== setting)).join(", ");
    return nets.map(({ title }) => (all.filter((other) => other === title[lang]).length > 1 ? `${title[lang]} (${own})` : title[lang]));
  });
}

/** Networks of one name have one colour. */
export function colors(race: Race, runs: readonly RecordedRun[]): Map<string, number> {
  const names = [...race.curves().map(({ contestant }) => titleOf(contestant, "en")), ...titles(runs, "en").flat()];
  return new Map([...new Set(names)].map((name, index) => [name, index]));
}

export function curves(race: Race, runs: readonly RecordedRun[], lang: Language): Curve[] {
  const color = colors(race, runs);
  const [named, english] = [titles(runs, lang), titles(runs, "en")];
  const recorded = runs.flatMap(({ name, nets }, run) =>
    nets.map(({ events }, i) => ({ key: `${name}.${i}`, name: named[run]![i]!, color: color.get(english[run]![i]!)!, recorded: true, events })),
  );
  const raced = race.curves().map(({ contestant, events }, i) => ({ key: `race.${i}`, name: titleOf(contestant, lang), color: color.get(titleOf(contestant, "en"))!, recorded: false, events }));
  return [...recorded, ...raced];
}

export const hasNorms = ({ events }: { events: TrainEvent[] }): boolean => events.some(isNorms);

export function rows(race: Race, runs: readonly RecordedRun[], lang: Language): Row[] {
  const color = colors(race, runs);
  const raced = race.status().racers.map((racer): Row => ({
    ...racer,
    title: titleOf(racer.contestant, lang),
    color: color.get(titleOf(racer.contestant, "en"))!,
    recorded: null,
    out: racer.state === "failed",
    milliseconds: racer.imagesPerSecond > 0 ? 1000 / racer.imagesPerSecond : null,
  }));
  const [named, english] = [titles(runs, lang), titles(runs, "en")];
  return [...raced, ...runs.flatMap(({ data, nets }, run) => nets.map((net, i) => recordedRow(net, named[run]![i]!, data, color.get(english[run]![i]!)!)))];
}

function recordedRow({ out, parameters, multiplyAdds, memory, imagesPerSecond, events }: RecordedNet, title: string, data: string, color: number): Row {
  const epoch = events.findLast(isEpoch);
  return {
    title,
    color,
    recorded: data,
    out,
    accuracy: epoch ? epoch.test_correct / epoch.test_total : null,
    tested: true,
    loss: epoch?.train_loss ?? events.findLast(isStep)?.loss ?? null,
    parameters,
    multiplyAdds,
    memory,
    milliseconds: imagesPerSecond > 0 ? 1000 / imagesPerSecond : null,
  };
}
