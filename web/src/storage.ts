// Choices that outlive a visit. Where the browser keeps nothing, they last for the visit.
export function remember(name: string, value: string): void {
  try {
    localStorage.setItem(`cnnlab.${name}`, value);
  } catch {
    // blocked or full
  }
}

export function recall(name: string): string | null {
  try {
    return localStorage.getItem(`cnnlab.${name}`);
  } catch {
    return null;
  }
}
