// Formulas of a step with its numbers filled in, the same in every language. Each is true as it stands.
import { count, shape } from "../format";
import type { Step } from "./trace";

/** A number with four significant digits and a true minus: 0.0536, −12.3, 1.2e−5. */
export function num(value: number, digits = 4): string {
  const small = value !== 0 && (Math.abs(value) < 1e-4 || Math.abs(value) >= 1e7);
  const text = small ? value.toExponential(digits - 1) : String(Number(value.toPrecision(digits)));
  return text.replaceAll("-", "−");
}

/** A number as a part of a formula: in brackets when it is negative. */
const part = (value: number, digits?: number): string => (value < 0 ? `(${num(value, digits)})` : num(value, digits));

export const product = (...factors: number[]): string => factors.map(count).join("·");
export const total = (sizes: number[]): number => sizes.reduce((a, b) => a * b, 1);
export const sumOf = (numbers: number[]): string => numbers.map(count).join(" + ");

/** The inputs that are not parameters. */
export const dataInputs = (step: Step): Step["inputs"] => step.inputs.filter(({ kind }) => kind !== "parameter");
export const shapesIn = (step: Step): string => dataInputs(step).map((input) => shape(input.shape)).join(" + ");

/** "24·(5·5·16 + 1) = 9,624" */
export function parameterFormula(step: Step): string {
  const window = step.kernel ? [step.kernel, step.kernel] : [];
  const inside = product(...window, step.in_channels!);
  return `${count(step.out_channels!)}·${step.bias ? `(${inside} + 1)` : inside} = ${count(step.parameters)}`;
}

/** "24·12·12·5·5·16 = 1,382,400": every output is a sum of as many products as a filter has weights. */
export function productsFormula(step: Step): string {
  const window = step.kernel ? [step.kernel, step.kernel] : [];
  const [images, ...outputs] = step.output_shape;
  const factors = [...(images === 1 ? [] : [images!]), ...outputs, ...window, step.in_channels!];
  return `${product(...factors)} = ${count(total(factors))}`;
}

/** "⌊(28 + 2·1 − 3)/2⌋ + 1 = 14": how high an output is. */
export function sizeFormula(step: Step): string {
  const [height, out] = [dataInputs(step)[0]!.shape[2]!, step.output_shape[2]!];
  const { kernel, stride, padding } = { kernel: step.kernel!, stride: step.stride!, padding: step.padding! };
  const room = padding ? `${height} + 2·${padding} − ${kernel}` : `${height} − ${kernel}`;
  return stride === 1 ? `${room} + 1 = ${out}` : `⌊(${room})/${stride}⌋ + 1 = ${out}`;
}

/** Joined along the only axis on which the output is longer: "16 + 24 + 24 + 24 = 88". */
export function joinFormula(step: Step): string {
  const inputs = dataInputs(step);
  const axis = Math.max(step.output_shape.findIndex((size, i) => size !== inputs[0]!.shape[i]), 0);
  return `${sumOf(inputs.map((input) => input.shape[axis]!))} = ${count(step.output_shape[axis]!)}`;
}

/** "88·4·4 = 1,408" */
export function flattenFormula(step: Step): string {
  const sizes = dataInputs(step)[0]!.shape.slice(1);
  return `${product(...sizes)} = ${count(total(sizes))}`;
}

/** On the way back the gradient of each input costs as many products as the output did. */
export function backwardFormula(step: Step): string {
  const once = Number(productsFormula(step).split(" = ")[1]!.replaceAll(",", ""));
  const times = Math.round(step.multiply_adds / once);
  return times === 1 ? `${productsFormula(step)}` : `${times}·${count(once)} = ${count(step.multiply_adds)}`;
}

/** "v = 0.5·0 + 0.0123 = 0.0123", and "w = 0.2 − 0.01·0.0123 = 0.199877". */
export function updateFormulas(step: Step): [velocity: string, weight: string] {
  const { before, gradient, old_velocity, velocity, after } = step.example!;
  return [
    `v = m·v + g = ${num(step.momentum!)}·${part(old_velocity)} + ${part(gradient)} = ${num(velocity)}`,
    `w = w − lr·v = ${num(before, 7)} − ${num(step.lr!)}·${part(velocity)} = ${num(after, 7)}`,
  ];
}

/** "√(0.3² + 0.4²) = 0.5": the lengths of parts that stand side by side, and of the whole. */
export function lengthFormula(parts: number[], whole: number): string {
  return `√(${parts.map((length) => `${num(length)}²`).join(" + ")}) = ${num(whole)}`;
}

/** "57.9%" */
export const share = (part: number): string => `${num(100 * part, 3)}%`;
