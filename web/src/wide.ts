// In a large window the lab stands beside the prose, or has the window to itself (styles/main.css).
import { button, element } from "./dom";
import { readingPlace, restorePlace } from "./lesson";
import type { State, Store } from "./state";

export function startWide(store: Store): void {
  const toggle = button("wide");
  let place: ReturnType<typeof readingPlace> = null; // in the prose, which will not be in sight
  const show = ({ wide }: State): void => {
    toggle.setAttribute("aria-pressed", String(wide === "on"));
    if (wide) place = readingPlace();
    element("bench").parentElement!.dataset["wide"] = wide;
    if (!wide && place) restorePlace(place);
  };
  toggle.addEventListener("click", () => store.set({ wide: store.state.wide ? "" : "on" }));
  store.onChange((state, before) => {
    if (state.wide !== before.wide) show(state);
  });
  show(store.state);
}
