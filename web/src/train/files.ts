// What can be taken along: weights, curves, the lines that load weights in PyTorch; and weights that are brought back.
import { button, download, element, input, setText } from "../dom";
import { ProgramError, type Program } from "../program";
import type { Store } from "../state";
import { csv, type Runs } from "./runs";
import { pytorchLines } from "./safetensors";
import { trainWords } from "./words";

/** `load` uses weights in the lab; it fails when they are not this network's. */
export function startFiles(program: Program, store: Store, runs: Runs, load: (bytes: Uint8Array, name: string) => Promise<void>): void {
  const say = (text: string): void => setText(element("files"), text);
  const words = (): ReturnType<typeof trainWords> => trainWords(store.state.lang);
  const weightsName = (): string => `${store.state.lesson}.safetensors`;

  button("save-weights").addEventListener("click", () => {
    download(weightsName(), new Blob([program.bytes("lab_weights")]));
    say(words().saved(weightsName()));
  });
  button("save-curves").addEventListener("click", () => {
    if (runs.all.length === 0) return say(words().noCurves);
    download("training.csv", new Blob([csv(runs.all)], { type: "text/csv" }));
    say(words().saved("training.csv"));
  });
  button("copy-pytorch").addEventListener("click", () => {
    navigator.clipboard.writeText(pytorchLines(weightsName())).then(
      () => say(words().copied),
      () => say(words().notCopied),
    );
  });
  const file = input("weights-file");
  button("load-weights").addEventListener("click", () => file.click());
  file.addEventListener("change", async () => {
    const chosen = file.files?.[0];
    file.value = ""; // so that the same file can be chosen again
    if (!chosen) return;
    try {
      await load(new Uint8Array(await chosen.arrayBuffer()), chosen.name);
      say(words().loaded(chosen.name));
    } catch (error) {
      if (!(error instanceof ProgramError)) throw error;
      say(words().notUsed(error.message));
    }
  });
  const lines = (): void => setText(element("pytorch"), pytorchLines(weightsName()));
  store.onChange(lines);
  lines();
  for (const id of ["save-weights", "save-curves", "copy-pytorch", "load-weights"]) button(id).disabled = false;
}
