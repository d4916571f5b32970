// What runs are called, in both languages. The canvas draws these names: its font gets the characters of this file.
import { dataName } from "../format";
import type { Language } from "../state";
import type { LiveSettings } from "./protocol";
import type { Run } from "./runs";

// Settings are called in English as the address and the command line call them.
const KOREAN: Record<string, string> = { lesson: "수업", lr: "학습률", momentum: "모멘텀", batch: "배치", epochs: "에포크", seed: "시드", augment: "이미지 변형", data: "데이터" };
const SWITCHED: Record<Language, [off: string, on: string]> = { en: ["off", "on"], ko: ["끔", "켬"] };
const RUN: Record<Language, string> = { en: "run", ko: "학습" };

// What a run was like: each setting's values, one after the other.
function values({ settings, changes }: Run, lang: Language): Map<string, string> {
  const chain = (name: keyof LiveSettings): string =>
    [settings[name], ...changes.map((change) => change.settings[name])].filter((value, i, all) => value !== all[i - 1]).join(" → ");
  return new Map<string, string>([
    ["lesson", settings.lesson],
    ["lr", chain("lr")],
    ["momentum", chain("momentum")],
    ["batch", chain("batch")],
    ["epochs", chain("epochs")],
    ["seed", String(settings.seed)],
    ["augment", SWITCHED[lang][Number(settings.augment)]!],
    ["data", dataName(settings.data)],
    ...Object.entries(settings.options).map(([name, value]): [string, string] => [name, String(value)]),
  ]);
}

/** Names runs by what is not the same in all of them: "lr 0.1", "momentum 0.9, seed 2"; "학습률 0.1". */
export function names(runs: readonly Run[], lang: Language): string[] {
  const all = runs.map((run) => values(run, lang));
  const keys = [...new Set(all.flatMap((one) => [...one.keys()]))];
  const differ = keys.filter((key) => new Set(all.map((one) => one.get(key) ?? "")).size > 1);
  const setting = (key: string): string => (lang === "ko" ? KOREAN[key] ?? key : key);
  const plain = all.map((one) => differ.filter((key) => one.has(key)).map((key) => `${setting(key)} ${one.get(key)}`).join(", "));
  return plain.map((name, i) => {
    const same = plain.flatMap((other, j) => (other === name ? [j] : []));
    return same.length > 1 || name === "" ? [name, `${RUN[lang]} ${same.indexOf(i) + 1}`].filter(Boolean).join(", ") : name;
  });
}
