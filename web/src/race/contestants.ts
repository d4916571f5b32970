// Who races: networks of any lessons, with any of their options. In the address: "deeper,residual-depth:8-shortcut:0".
import { lessons } from "virtual:page";
import { readOptions, writeOptions, type Options } from "../options";

export interface Contestant {
  lesson: string;
  options: Options;
}

export const MOST = 6;

/** One contestant's name, which is also its form in the address. */
export const nameOf = ({ lesson, options }: Contestant): string => [lesson, ...writeOptions(options).split(",").filter(Boolean)].join("-");
export const writeContestants = (all: readonly Contestant[]): string => all.map(nameOf).join(",");

/** Null where one cannot be, is there twice, or there are too many. */
export function readContestants(text: string): Contestant[] | null {
  const names = text.split(",").filter(Boolean);
  if (names.length > MOST || new Set(names).size !== names.length) return null;
  const all: Contestant[] = [];
  for (const name of names) {
    const [lesson, ...pairs] = name.split("-");
    const known = lessons.some(({ id }) => id === lesson);
    const options = known ? readOptions(lesson!, pairs.join(",")) : null;
    if (!options) return null;
    all.push({ lesson: lesson!, options });
  }
  return all;
}
