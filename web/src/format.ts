// Numbers, shapes and names as the page writes them.
export const count = (value: number): string => Math.round(value).toLocaleString("en-US");
export const percent = (share: number): string => `${(100 * share).toFixed(1)}%`;
export const shape = (sizes: number[]): string => `(${sizes.join(", ")})`;

/** A few significant digits: 0.0536, −12.3, 1.2e−5. */
export const short = (value: number): string => {
  const extreme = value !== 0 && (Math.abs(value) < 1e-3 || Math.abs(value) >= 1e5);
  return (extreme ? value.toExponential(1) : String(Number(value.toPrecision(3)))).replaceAll("-", "−");
};

/** Sentences, one after the other; those that are false or null are left out. */
export const join = (...sentences: (string | false | null | undefined)[]): string => sentences.filter(Boolean).join(" ");

const DATA: Record<string, string> = { mnist: "MNIST", fashion: "Fashion-MNIST", cifar10: "CIFAR-10" };
export const dataName = (data: string): string => DATA[data] ?? data;

/** In Korean a digit with 로 or 으로 after it, as it is read aloud. */
export const into = (digit: number): string => `${digit}${[0, 3, 6].includes(digit) ? "으로" : "로"}`;
