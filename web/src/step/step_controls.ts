// Back, Next, the slider over all steps, and the current step in words.
import { button, element, input, setText } from "../dom";
import type { LabView } from "../lab";
import type { Program } from "../program";
import type { Store } from "../state";
import { showStep } from "./step_words";
import { Trace, type Problem, type Step } from "./trace";
import { stepWords } from "./words";

/** Returns the trace that they step through. */
export function startStepControls(program: Program, view: LabView, store: Store): Trace {
  const [previous, next, slider] = [button("previous"), button("next"), input("step")];
  const show = (step: Step | null): void => {
    showStep(step, store.state.lang);
    const last = Math.max(trace.length - 1, 0);
    slider.max = String(last);
    slider.value = String(step?.index ?? 0);
    if (step) slider.setAttribute("aria-valuetext", stepWords(store.state.lang).step(step).title);
    previous.disabled = !step || step.index === 0;
    next.disabled = !step || step.index === last;
  };
  const complain = (problem: Problem | null): void => {
    const say = stepWords(store.state.lang);
    setText(element("image-error"), problem === null ? "" : problem === "nothing-drawn" ? say.nothingDrawn : say.noTestImage(problem.message));
  };
  const trace = new Trace(program, view, store, show, complain);
  previous.addEventListener("click", () => trace.go(store.state.step - 1));
  next.addEventListener("click", () => trace.go(store.state.step + 1));
  slider.addEventListener("input", () => trace.go(Number(slider.value)));
  for (const control of [slider, ...document.querySelectorAll<HTMLInputElement>(".source-row input")]) control.disabled = false;
  store.onChange((state, before) => {
    if (state.lang !== before.lang) show(trace.state());
  });
  return trace;
}
