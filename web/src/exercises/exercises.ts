// The homework's exercises in the prose (web/build/exercises/exercises.mjs): brings them to life when they come near.
import { whenNear } from "../dom";
import type { Language } from "../state";
import { startOrder } from "./order";
import { startShapes } from "./shapes";
import { exerciseWords } from "./words";

export function startExercises(prose: ParentNode): void {
  for (const form of prose.querySelectorAll<HTMLFormElement>(".exercise")) {
    form.addEventListener("submit", (event) => event.preventDefault());
    const say = exerciseWords(form.closest("article")!.lang as Language);
    whenNear(form, () => (form.classList.contains("order") ? startOrder : startShapes)(form, say));
  }
}
