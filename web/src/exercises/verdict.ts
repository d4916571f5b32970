// The verdict under an exercise, which a screen reader says by itself.
export function showVerdict(form: HTMLFormElement, state: "right" | "wrong", judged: string, ...rest: (string | Node)[]): void {
  const first = document.createElement("strong");
  first.textContent = judged;
  form.dataset["state"] = state;
  form.querySelector(".verdict")!.replaceChildren(first, " ", ...rest);
}

/** What the prose says, to be shown in another place. */
export const copyOf = (said: Element): Node[] => [...said.cloneNode(true).childNodes];
