// The lab's four views, one of which is shown: its controls, and its panels on the canvas.
import { element } from "./dom";
import type { Store } from "./state";

export const VIEWS = ["draw", "step", "look", "train"] as const;
export type View = (typeof VIEWS)[number];

const tab = (view: View): HTMLElement => element(`tab-${view}`);

/** The tabs: as in the ARIA pattern, arrows move between them and one of them is in the order of Tab. */
export function startViews(store: Store): void {
  const show = (): void => {
    for (const part of document.querySelectorAll<HTMLElement>("[data-view]")) {
      part.hidden = !part.dataset["view"]!.split(" ").includes(store.state.view); // a part may belong to several
    }
    for (const view of VIEWS) {
      const chosen = view === store.state.view;
      tab(view).setAttribute("aria-selected", String(chosen));
      tab(view).tabIndex = chosen ? 0 : -1;
    }
    element("bench").dataset["shows"] = store.state.view;
    element("view").setAttribute("aria-labelledby", `tab-${store.state.view}`);
  };
  const choose = (view: View): void => store.set({ view }, { entry: true });
  for (const view of VIEWS) tab(view).addEventListener("click", () => choose(view));
  element("views").addEventListener("keydown", (event) => {
    const at = VIEWS.indexOf(store.state.view);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: VIEWS.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const view = VIEWS[(to + VIEWS.length) % VIEWS.length]!;
    choose(view);
    tab(view).focus();
  });
  store.onChange((state, before) => {
    if (state.view !== before.view) show();
  });
  show();
}
