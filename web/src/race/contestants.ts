// Who races: networks of any lessons, with any of their options. In the address: "deeper,residual-depth:8-shortcut:0".
import { lessons, type RacingName } from "virtual:page";
import { readOptions, writeOptions, type Options } from "../options";
import type { Language } from "../state";

export interface Contestant {
  lesson: string;
  options: Options;
}

export const MOST = 6;

/** One contestant's name, which is also its form in the address. */
export const nameOf = ({ lesson, options }: Contestant): string => [lesson, ...writeOptions(options).split(",").filter(Boolean)].join("-");
export const writeContestants = (all: readonly Contestant[]): string => all.map(nameOf).join(",");

export interface Named extends RacingName {
  lesson: string;
}

/** What networks are called, by what a form calls them: "plain", "residual". */
export const racingNames: ReadonlyMap<string, Named> = new Map(lessons.flatMap(({ id, racing }) => racing.map((name): [string, Named] => [name.name, { ...name, lesson: id }])));

const optionsOf = (lesson: string): Options => Object.fromEntries(lessons.find(({ id }) => id === lesson)!.options.map(({ name, initial }) => [name, initial]));

/** "ResNet-20", "ResNet-20 (width 16)": as `cnnlab race` calls it (lessons/contestant.cpp). */
export function titleOf({ lesson, options }: Contestant, lang: Language): string {
  const all = { ...optionsOf(lesson), ...options };
  const named = [...racingNames.values()].find((name) => name.lesson === lesson && Object.entries(name.fixed).every(([option, value]) => all[option] === value));
  if (!named) return nameOf({ lesson, options });
  const others = Object.entries(options).filter(([option]) => option !== named.option && !(option in named.fixed));
  const title = named.title[lang].replace("{}", String(all[named.option] ?? ""));
  return others.length === 0 ? title : `${title} (${others.map((pair) => pair.join(" ")).join(", ")})`;
}

/** Null where one cannot be, is there twice, or there are too many. */
export function readContestants(text: string): Contestant[] | null {
  const names = text.split(",").filter(Boolean);
  if (names.length > MOST) return null;
  const all: Contestant[] = [];
  for (const name of names) {
    const [lesson, ...pairs] = name.split("-");
    const known = lessons.some(({ id }) => id === lesson);
    const options = known ? readOptions(lesson!, pairs.join(",")) : null;
    if (!options) return null;
    all.push({ lesson: lesson!, options });
  }
  return new Set(all.map(nameOf)).size === all.length ? all : null;
}
