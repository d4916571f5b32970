// The lessons, as the program describes them.
import { execFileSync } from "node:child_process";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { until } from "./browser.mjs";

const PROGRAM = process.env.CNNLAB ?? resolve(dirname(fileURLToPath(import.meta.url)), "../../../build/cnnlab");
export const { lessons } = JSON.parse(execFileSync(PROGRAM, ["lessons", "--json"], { encoding: "utf8", maxBuffer: 1 << 24 }));

/** Waits until a lesson's prose is shown. */
export const arrived = (page, lesson) => until(page, (id) => document.querySelector("article:not([hidden])")?.dataset.lesson === id, lesson);
