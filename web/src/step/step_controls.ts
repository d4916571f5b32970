// The debugger's buttons, its keys, the slider over all steps, and the current step in words.
import { button, element, input, setText } from "../dom";
import type { LabView } from "../lab";
import type { Program } from "../program";
import type { Store } from "../state";
import { updateBreakpoints } from "./code";
import { startPixel } from "./pixel";
import { showStep } from "./step_words";
import { Trace, type Problem, type Step } from "./trace";
import { stepWords } from "./words";

interface Action {
  id: string;
  /** As `KeyboardEvent.key`, with "Shift+" before it. */
  key: string;
  forward: boolean;
  act(): void;
}

/** Returns the trace that they step through. */
export function startStepControls(program: Program, view: LabView, store: Store): Trace {
  const slider = input("step");
  let actions: Action[] = [];
  const show = (step: Step | null): void => {
    showStep(step, store.state.lang);
    showPixel(step);
    const last = Math.max(trace.length - 1, 0);
    slider.max = String(last);
    slider.value = String(step?.index ?? 0);
    if (step) slider.setAttribute("aria-valuetext", stepWords(store.state.lang).step(step).title);
    for (const { id, forward } of actions) button(id).disabled = !step || step.index === (forward ? last : 0);
  };
  const complain = (problem: Problem | null): void => {
    const say = stepWords(store.state.lang);
    setText(element("image-error"), problem === null ? "" : problem === "nothing-drawn" ? say.nothingDrawn : say.noTestImage(problem.message));
  };
  const trace = new Trace(program, view, store, show, complain);
  const showPixel = startPixel(trace, view, store);
  const { state } = store;
  actions = [
    { id: "previous", key: "ArrowLeft", forward: false, act: () => trace.go(store.state.step - 1) },
    { id: "next", key: "ArrowRight", forward: true, act: () => trace.go(store.state.step + 1) },
    { id: "step-first", key: "Home", forward: false, act: () => trace.go(0) },
    { id: "step-last", key: "End", forward: true, act: () => trace.go(trace.length - 1) },
    { id: "step-over", key: "F10", forward: true, act: () => trace.move("over") },
    { id: "step-into", key: "F11", forward: true, act: () => trace.move("into") },
    { id: "step-out", key: "Shift+F11", forward: true, act: () => trace.move("out") },
    { id: "step-break", key: "F5", forward: true, act: () => trace.goOn() },
  ];
  for (const { id, act } of actions) button(id).addEventListener("click", act);
  startKeys(store, actions);
  slider.addEventListener("input", () => trace.go(Number(slider.value)));
  for (const control of [slider, ...document.querySelectorAll<HTMLInputElement>(".source-row input")]) control.disabled = false;
  store.onChange((now, before) => {
    if (now.lang !== before.lang) show(trace.state());
    if (now.lang !== before.lang || now.break !== before.break) updateBreakpoints(now);
  });
  updateBreakpoints(state);
  return trace;
}

// The keys work wherever the focus is in the view, unless what has it needs them for itself. Without breakpoints F5
// loads the page again, as everywhere.
function startKeys(store: Store, actions: Action[]): void {
  element("view").addEventListener("keydown", (event) => {
    if (store.state.view !== "step" || event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey) return;
    const key = (event.shiftKey ? "Shift+" : "") + event.key;
    const action = actions.find((one) => one.key === key);
    if (!action || needsKey(event.target as HTMLElement, key) || (key === "F5" && store.state.break === "")) return;
    event.preventDefault();
    action.act();
  });
}

function needsKey(target: HTMLElement, key: string): boolean {
  if (/F\d+$/.test(key)) return false;
  if (target instanceof HTMLInputElement) return target.type !== "checkbox";
  if (target.id === "code") return target.scrollWidth > target.clientWidth; // it scrolls sideways
  return target.matches("select, textarea, [role=slider]");
}
