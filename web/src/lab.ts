// The lab on its canvas: feeds it size, theme, language and pointer, and draws a frame when something has changed.
import { breathe, element } from "./dom";
import type { Program } from "./program";
import type { Language } from "./state";
import type { View } from "./views";

const POINTER = { pointermove: 0, pointerdown: 1, pointerup: 2, pointercancel: 2, pointerleave: 3 } as const;

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Prediction {
  digit: number;
  probabilities: number[];
}

/** What a panel says to the page. */
export interface Said {
  type: string;
  [name: string]: unknown;
}

export class LabView {
  readonly #program: Program;
  readonly #stage = element("stage");
  readonly #canvas = element<HTMLCanvasElement>("lab");
  readonly #pad = element("pad");
  readonly #onDrawing: (finished: boolean) => void;
  readonly #listeners = new Map<string, (said: Said) => void>();
  #frame = 0;

  /** `onDrawing` is told when the drawing has changed, and whether the pen was lifted. */
  constructor(program: Program, onDrawing: (finished: boolean) => void) {
    this.#program = program;
    this.#onDrawing = onDrawing;
    this.#listen();
    // Of no height: the stage's own changes with the layout, and would be observed again.
    const width = this.#stage.appendChild(document.createElement("div"));
    new ResizeObserver(() => this.layout()).observe(width);
    this.#watchPixelRatio();
    this.on("layout", () => this.layout());
  }

  /** Starts drawing on the canvas. Throws ProgramError where there is no WebGL; everything else works without. */
  async start(): Promise<void> {
    this.#program.run("lab_start", "#lab");
    await breathe();
    this.layout();
    await breathe();
  }

  setTheme(dark: boolean): void {
    this.#program.call("lab_set_theme", dark ? 1 : 0);
    this.wake();
  }

  setLanguage(language: Language): void {
    this.#program.call("lab_set_language", language);
    this.wake();
  }

  /** Chooses whose panels are drawn. */
  show(view: View): void {
    this.#program.call("lab_set_view", view);
    this.layout();
  }

  prediction(): Prediction | null {
    return this.#program.json("lab_prediction");
  }

  /** The view's panels, titled as they were drawn last, in CSS pixels of the viewport. */
  panels(): (Box & { title: string })[] {
    const { left, top } = this.#canvas.getBoundingClientRect();
    const panels = this.#program.json<(Box & { title: string })[]>("lab_panels");
    return panels.map((panel) => ({ ...panel, x: left + panel.x, y: top + panel.y }));
  }

  /** The drawing pad, in CSS pixels of the viewport. */
  pad(): Box {
    return this.inViewport(this.#program.json<Box>("lab_pad"));
  }

  /** A place on the canvas, in CSS pixels of the viewport. */
  inViewport<B extends Box>(box: B): B {
    const { left, top } = this.#canvas.getBoundingClientRect();
    return { ...box, x: left + box.x, y: top + box.y };
  }

  /** Hears what panels say of this type: that something on the canvas was chosen, or that they need another height. */
  on(type: string, listener: (said: Said) => void): void {
    this.#listeners.set(type, listener);
  }

  /** Draws a frame soon, and more of them while something moves. */
  wake(): void {
    this.#frame ||= requestAnimationFrame((time) => {
      this.#frame = 0;
      const moving = this.#program.call("lab_frame", time) === 1;
      for (const said of this.#program.json<Said[]>("lab_said")) this.#listeners.get(said.type)?.(said);
      if (moving) this.wake();
    });
  }

  /** Gives the panels their places again: when the width, the view or what they need has changed. */
  layout(): void {
    const width = this.#stage.clientWidth;
    if (width === 0) return;
    const height = this.#program.call("lab_layout", width, devicePixelRatio);
    this.#canvas.style.height = `${height}px`;
    const pad = this.#program.json<Box>("lab_pad");
    Object.assign(this.#pad.style, { left: `${pad.x}px`, top: `${pad.y}px`, width: `${pad.width}px`, height: `${pad.height}px` });
    this.wake();
  }

  // A zoom, or a window moved to another screen.
  #watchPixelRatio(): void {
    matchMedia(`(resolution: ${devicePixelRatio}dppx)`).addEventListener(
      "change",
      () => {
        this.layout();
        this.#watchPixelRatio();
      },
      { once: true },
    );
  }

  // The stage holds the canvas and, over it, the pad. One pointer draws at a time; while it is down it is captured, so
  // that a stroke may leave the pad and come back.
  #listen(): void {
    let drawing: number | null = null;
    const send = (event: PointerEvent, kind: number): void => {
      const { left, top } = this.#canvas.getBoundingClientRect();
      this.#program.call("lab_pointer", kind, event.clientX - left, event.clientY - top);
    };
    const handle = (event: PointerEvent): void => {
      if (drawing !== null && event.pointerId !== drawing) return;
      const kind = POINTER[event.type as keyof typeof POINTER];
      if (event.type === "pointerdown") {
        if (event.button !== 0) return;
        if (event.target === this.#pad) {
          drawing = event.pointerId;
          this.#pad.setPointerCapture(event.pointerId);
        }
      }
      const all = event.type === "pointermove" ? event.getCoalescedEvents() : [];
      for (const one of all.length > 0 ? all : [event]) send(one, kind);
      if (drawing !== null) {
        const finished = kind === POINTER.pointerup;
        if (finished) drawing = null;
        this.#onDrawing(finished);
      }
      this.wake();
    };
    for (const type of Object.keys(POINTER)) this.#stage.addEventListener(type, handle as EventListener);
  }
}
