// Dragging a line of a list by its handle, with mouse, pen or finger.
/**
 * @param handle has `touch-action: none`, so that a finger on it does not scroll the page
 * @param item is what moves; the others make room for it, so that the pointer stays captured
 */
export function startDragging(handle: HTMLElement, item: HTMLElement, dropped: () => void): void {
  handle.addEventListener("pointerdown", (down) => {
    if (down.button !== 0) return;
    const list = item.parentElement!;
    const before = [...list.children];
    handle.setPointerCapture(down.pointerId);
    item.classList.add("dragged");
    const move = (event: PointerEvent): void => makeRoom(item, event.clientY);
    const end = (event: Event): void => {
      handle.removeEventListener("pointermove", move);
      for (const kind of ENDS) handle.removeEventListener(kind, end);
      item.classList.remove("dragged");
      if (event.type === "pointercancel") return list.replaceChildren(...before);
      if (before.some((child, index) => list.children[index] !== child)) dropped();
    };
    handle.addEventListener("pointermove", move);
    for (const kind of ENDS) handle.addEventListener(kind, end);
  });
}

const ENDS = ["pointerup", "pointercancel"];

// A neighbour steps aside when the pointer has passed its middle.
function makeRoom(item: HTMLElement, y: number): void {
  const middle = (other: Element): number => {
    const { top, height } = other.getBoundingClientRect();
    return top + height / 2;
  };
  for (let next = item.nextElementSibling; next && y > middle(next); next = item.nextElementSibling) item.before(next);
  for (let previous = item.previousElementSibling; previous && y < middle(previous); previous = item.previousElementSibling) item.after(previous);
}
