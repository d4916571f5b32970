// What the program says of the recorded network, and what of it is changed.
import type { State } from "../state";

/** A part of the network as lab_look_network tells it. */
export interface Part {
  id: string;
  name: string;
  path: string;
  op: string;
  parent: number;
  depth: number;
  holds: number;
  output: number[];
  parameters: number;
  multiply_adds: number;
  can: Cut[];
}

export interface Network {
  parts: Part[];
  parameters: number;
  multiply_adds: number;
}

export interface Statistics {
  count: number;
  zeros: number;
  not_finite: number;
  minimum: number;
  maximum: number;
  mean: number;
  deviation: number;
}

/** The chosen part as lab_look_chosen tells it. */
export interface Chosen {
  id: string;
  op: string;
  output: number[];
  values: Statistics;
  channels: Pick<Statistics, "minimum" | "maximum" | "mean" | "zeros">[];
  weight: { shape: number[]; values: Statistics } | null;
  numbers?: number[];
}

interface Place {
  row: number;
  column: number;
  value: number;
}

/** What the pixels did, as lab_look_pixels tells it. */
export interface Pixels {
  method: "gradient" | "occlusion";
  label: number;
  progress: number;
  probabilities?: number[];
  most_for?: Place;
  most_against?: Place;
  sum?: number;
  map?: number[];
  width?: number;
}

export interface Answers {
  before: number[];
  after: number[];
}

export type Cut = "off" | "fresh" | "pass";
/** Which list of the state holds them. */
export const CUT_LISTS = { off: "cut", fresh: "fresh", pass: "pass" } as const satisfies Record<Cut, keyof State>;
export type Cuts = Record<string, Cut>;

export const names = (list: string): string[] => list.split(",").filter(Boolean);

/** What the state wants changed. */
export function cutsOf(state: State): Cuts {
  const kinds = Object.keys(CUT_LISTS) as Cut[];
  return Object.fromEntries(kinds.flatMap((cut) => names(state[CUT_LISTS[cut]]).map((path) => [path, cut] as const)));
}

/** The state's lists for what is to be changed. */
export function cutLists(cuts: Cuts): Pick<State, (typeof CUT_LISTS)[Cut]> {
  const list = (wanted: Cut): string => Object.keys(cuts).filter((path) => cuts[path] === wanted).join(",");
  return { cut: list("off"), fresh: list("fresh"), pass: list("pass") };
}
