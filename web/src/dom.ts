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

/** Runs `action` when the next frame has been painted. */
export function afterPaint(action: () => void): void {
  requestAnimationFrame(() => setTimeout(action));
}

/**
 * Calls `action` once, when the element comes near the window. Fields for text are made then: as soon as one is there, Chromium
 * lays out whatever it stands in, however far away, to see whether it could fill it in.
 */
export function whenNear(target: Element, action: () => void): void {
  const near = new IntersectionObserver(
    (entries) => {
      if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
      near.disconnect();
      action();
    },
    { rootMargin: "100%" },
  );
  near.observe(target);
}

/** Lets the browser do what waits: a key, a frame. Between two of these, work should take less than 50 ms. */
export function breathe(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
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

/** Fills a table with texts and elements; a row's first cell is its heading. */
export function fillTable(table: HTMLTableElement, caption: string, head: string[], rows: (string | Node)[][]): void {
  const cell = (kind: "th" | "td", content: string | Node, scope?: string): HTMLElement => {
    const made = document.createElement(kind);
    if (scope) made.setAttribute("scope", scope);
    made.append(content);
    return made;
  };
  const row = (cells: HTMLElement[]): HTMLTableRowElement => {
    const made = document.createElement("tr");
    made.append(...cells);
    return made;
  };
  const [top, body, title] = [document.createElement("thead"), document.createElement("tbody"), document.createElement("caption")];
  title.textContent = caption;
  top.append(row(head.map((text) => cell("th", text, "col"))));
  body.append(...rows.map(([first, ...rest]) => row([cell("th", first ?? "", "row"), ...rest.map((content) => cell("td", content))])));
  table.replaceChildren(title, top, body);
}

/** Gives the visitor a file. */
export function download(name: string, content: Blob): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000); // the browser may still be reading
}
