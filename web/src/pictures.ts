// Any panel of the canvas as a PNG file: a button each, in a menu that is folded away.
import { download, element } from "./dom";
import type { Box } from "./lab";
import type { Program } from "./program";
import type { Store } from "./state";
import { words } from "./words";

interface PanelBox extends Box {
  title: string;
}

export function startPictures(program: Program, store: Store): void {
  const menu = element<HTMLDetailsElement>("pictures");
  const canvas = element<HTMLCanvasElement>("lab");
  const fill = (): void => {
    if (!menu.open) return;
    const buttons = program.json<PanelBox[]>("lab_panels").map((panel) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = panel.title;
      button.setAttribute("aria-label", words(store.state.lang).savePicture(panel.title));
      button.addEventListener("click", () => save(canvas, panel));
      return button;
    });
    menu.querySelector("div")!.replaceChildren(...buttons);
  };
  menu.addEventListener("toggle", fill);
  store.onChange((state, before) => {
    if (state.view !== before.view || state.lang !== before.lang) menu.open = false; // its names are no longer right
  });
}

function save(canvas: HTMLCanvasElement, { title, x, y, width, height }: PanelBox): void {
  const ratio = canvas.width / canvas.clientWidth;
  const cut = document.createElement("canvas");
  [cut.width, cut.height] = [Math.round(width * ratio), Math.round(height * ratio)];
  cut.getContext("2d")!.drawImage(canvas, Math.round(x * ratio), Math.round(y * ratio), cut.width, cut.height, 0, 0, cut.width, cut.height);
  cut.toBlob((blob) => blob && download(`${title}.png`, blob), "image/png");
}
