// What the build tells the program (build/template.mjs).
declare module "virtual:page" {
  interface LessonInfo {
    id: string;
    folder: string;
    page: string;
    title: Record<"en" | "ko", string>;
    sources: string[];
    options: OptionInfo[];
    racing: RacingName[];
  }
  /** What the lesson's networks are called where they race (lessons/lesson.hpp). */
  interface RacingName {
    name: string;
    option: string; // whose value stands for {} in the title; "": none
    fixed: Record<string, number>;
    title: Record<"en" | "ko", string>;
  }
  /** A whole number that the lesson's network can be built with. */
  interface OptionInfo {
    name: string;
    initial: number;
    least: number;
    most: number;
    step: number;
    help: Record<"en" | "ko", string>;
  }
  /** A gzipped file: `count` labels, then `count` images of 28·28 bytes. */
  interface Piece {
    count: number;
    file: string;
  }
  /** A recorded race (build/runs.mjs). */
  interface RunInfo {
    file: string;
    lesson: string; // with which it comes
    data: string; // "cifar10"
    seed: number;
    lr: number;
    falling: boolean; // the learning rate
    augment: boolean;
    images: number; // to train on
    epochs: number; // 0: it ended within the first
    steps: number;
    nets: Record<"en" | "ko", string>[];
  }
  /** Places relative to the page. What was not there at build time is missing. */
  interface Assets {
    wasm: { threads?: string; single?: string };
    weights: Record<string, string>;
    runs: Record<string, RunInfo>; // recorded ones by name
    mnist: { train: Piece[]; test: Piece[] };
    fashion?: { train: Piece[]; test: Piece[] };
  }
  export const lessons: LessonInfo[];
  export const assets: Assets;
}
declare module "*.css";
