// Messages that a visitor has to see: they stay until dismissed.
import { element } from "./dom";

/** Shows a message; the same one is not shown twice. */
export function tell(text: string): void {
  const place = element("alerts");
  if ([...place.children].some((child) => child.firstChild?.textContent === text)) return;
  const message = document.createElement("p");
  const close = document.createElement("button");
  close.type = "button";
  close.textContent = "×";
  close.setAttribute("aria-label", document.documentElement.lang === "ko" ? "닫기" : "Close");
  close.addEventListener("click", () => message.remove());
  message.append(document.createTextNode(text), close);
  place.append(message);
}
