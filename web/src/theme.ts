// Light or dark: the system's choice until the visitor makes one.
import { button } from "./dom";
import { recall, remember } from "./storage";

const system = matchMedia("(prefers-color-scheme: dark)");
const chosen = recall("theme");
let dark = chosen ? chosen === "dark" : system.matches;

/** Calls `onTheme` now and at each change. */
export function startTheme(onTheme: (dark: boolean) => void): void {
  const toggle = button("theme"); // says what it leads to (styles/main.css)
  const apply = (): void => {
    document.documentElement.dataset["theme"] = dark ? "dark" : "light";
    onTheme(dark);
  };
  toggle.addEventListener("click", () => {
    dark = !dark;
    remember("theme", dark ? "dark" : "light");
    apply();
  });
  system.addEventListener("change", () => {
    if (recall("theme")) return;
    dark = system.matches;
    apply();
  });
  apply();
}
