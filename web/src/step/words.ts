// What the page says of a step of the trace, in both languages.
import type { Language } from "../state";
import type { Picked, Step } from "./trace";
import { en } from "./words_en";
import { ko } from "./words_ko";

export interface StepText {
  /** Which step this is. */
  title: string;
  /** What it did, in sentences. */
  what: string;
  /** The formulas behind the numbers, each with what it gives. */
  formulas: { means: string; formula: string }[];
  /** Further numbers, in sentences. */
  numbers: string;
  /** How a gradient splits among inputs, or which ways it came: a table. */
  table?: { caption: string; head: [string, string, string]; rows: [string, string, string][]; sum?: [string, string, string] };
  /** "line 23" */
  at: string;
}

export interface StepWords {
  step(step: Step): StepText;
  /** The number that is pointed at. */
  picked(picked: Picked): string;
  /** Names of the axes of a tensor of that many dimensions. */
  axes(rank: number): string[];
  breakpoint(file: string, line: number): string;
  nothingDrawn: string;
  noTestImage(reason: string): string;
}

export const stepWords = (language: Language): StepWords => (language === "ko" ? ko : en);
