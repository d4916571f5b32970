// The page's elements by id. One that is missing is a mistake in index.html.
export function element<T extends HTMLElement = HTMLElement>(id: string): T {
  const found = document.getElementById(id);
  if (!found) throw new Error(`index.html has no #${id}`);
  return found as T;
}

export const button = (id: string): HTMLButtonElement => element<HTMLButtonElement>(id);
export const input = (id: string): HTMLInputElement => element<HTMLInputElement>(id);

/** Sets text only when it differs, so that a live region does not say the same twice. */
export function setText(target: HTMLElement, text: string): void {
  if (target.textContent !== text) target.textContent = text;
}

export function prefersStillness(): boolean {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}

/** Runs `action` at most once in `milliseconds`, and once more at the end if calls came in between. */
export function throttle(action: () => void, milliseconds: number): () => void {
  let last = -Infinity;
  let timer = 0;
  const run = (): void => {
    last = performance.now();
    timer = 0;
    action();
  };
  return () => {
    if (timer) return;
    const wait = last + milliseconds - performance.now();
    if (wait <= 0) run();
    else timer = window.setTimeout(run, wait);
  };
}
