import { count, join, shape, short } from "../format";
import * as f from "./formulas";
import type { Step, Tensor } from "./trace";
import type { StepText, StepWords } from "./words";

type Said = Pick<StepText, "what" | "formulas" | "table">;

const formula = (means: string, text: string): StepText["formulas"][number] => ({ means, formula: text });
const channels = (s: Step): string => (s.in_channels === 1 ? "the one channel" : `all ${s.in_channels} channels`);
const parameters = (s: Step): StepText["formulas"] => [formula("parameters", f.parameterFormula(s)), formula("multiplications", f.productsFormula(s))];
const height = (s: Step): StepText["formulas"] => [formula("height and width", f.sizeFormula(s))];
const window = (s: Step): string => `${s.kernel}×${s.kernel} window, ${s.stride} apart`;

const forward: Record<string, (s: Step) => { means: string; formulas?: StepText["formulas"] }> = {
  conv2d: (s) => ({
    means: `${s.out_channels} filters of ${s.kernel}×${s.kernel}×${s.in_channels} slide over ${channels(s)}; each output is the sum of a window times a filter${s.bias ? ", plus the filter's bias" : ""}`,
    formulas: [...parameters(s), ...height(s)],
  }),
  linear: (s) => ({
    means: `each of ${s.out_channels} outputs is a weighted sum of all ${count(s.in_channels!)} inputs${s.bias ? ", plus a bias" : ""}`,
    formulas: parameters(s),
  }),
  max_pool2d: (s) => ({ means: `of each ${window(s)}, the largest value stays`, formulas: height(s) }),
  avg_pool2d: (s) => ({ means: `each ${window(s)}, becomes its mean, zeros around the image counted`, formulas: height(s) }),
  relu: (s) => ({
    means: `negative values become 0: ${count(s.blocked!)} of ${count(f.total(s.shape))} values (${f.share(s.blocked! / f.total(s.shape))}) are 0 now`,
  }),
  cat: (s) => ({ means: `${f.dataInputs(s).length} results are joined along the channels`, formulas: [formula("channels", f.joinFormula(s))] }),
  add: () => ({ means: "the values are added one by one" }),
  flatten: (s) => ({ means: "all maps are laid out as one row of numbers", formulas: [formula("numbers in the row", f.flattenFormula(s))] }),
  view: () => ({ means: "the same numbers take another shape" }),
  batch_norm2d: () => ({ means: "each channel is shifted and scaled to mean 0 and variance 1, then scaled and shifted again by two learnt numbers" }),
  log_softmax: (s) => ({
    means: `scores become logarithms of probabilities; the highest is that of ${s.shown[0]!.largest_at}`,
    formulas: [formula(`probability of ${s.shown[0]!.largest_at}`, `e^(${f.num(s.shown[0]!.maximum)}) = ${f.num(Math.exp(s.shown[0]!.maximum))}`)],
  }),
  nll_loss: (s) => ({
    means: `the loss is the negative logarithm of the probability that the right answer, ${s.label}, was given`,
    formulas: [formula("loss", `−(${f.num(-s.shown[0]!.mean)}) = ${f.num(s.shown[0]!.mean)}`)],
  }),
};

const sayForward = (s: Step): Said => {
  const { means, formulas = [] } = forward[s.op]?.(s) ?? { means: "" };
  return { what: `${s.op}${means && ": "}${means}. ${f.shapesIn(s)} → ${shape(s.output_shape)}.`, formulas };
};

const backward: Record<string, (s: Step, out: Tensor) => string> = {
  conv2d: () => "each input's gradient gathers what its windows' outputs ask of it, weighted by the filter; each weight's is the sum, over all places, of input times gradient; a bias's is the plain sum",
  linear: () => "each input's gradient is the sum of the outputs' gradients, weighted by the weights; each weight's is input times gradient; a bias's is the output's own",
  max_pool2d: (_, out) =>
    `only the winner of each window gets its gradient: ${count(f.total(out.shape) - out.zeros)} of ${count(f.total(out.shape))} values, and the others 0`,
  avg_pool2d: (s) => `each gradient is shared out evenly over its window, 1/${s.kernel! * s.kernel!} to each value`,
  relu: (s, out) =>
    `where the input was not positive, nothing gets through: ${count(s.blocked!)} of ${count(f.total(out.shape))} gradients (${f.share(s.blocked! / f.total(out.shape))}) are blocked, the rest pass unchanged`,
  cat: (s) => `the gradient is cut into ${s.shown.length} slices, one for each of the parts that were joined`,
  add: () => "a sum hands the same gradient to each of its terms",
  flatten: () => "the row of gradients takes the maps' shape again",
  view: () => "the gradients take the earlier shape again",
  batch_norm2d: () => "each channel's gradients are scaled, and what would change the channel's mean or variance is taken out",
  log_softmax: (s, out) =>
    `each score's gradient is the probability that it was given, less 1 at the right answer, ${s.label}: there it is ${f.num(out.minimum)}, and all together are 0`,
  nll_loss: (s) => `it begins with 1, the loss's gradient for itself; only the right answer, ${s.label}, counted, so that it gets −1 and the others 0`,
};

const sayBackward = (s: Step): Said => {
  const why = backward[s.op]?.(s, s.shown[0]!);
  const out = s.shown.map((t) => `${t.name} ${shape(t.shape)}`).join(", ");
  const shared = s.shown.filter(({ ways = 1 }) => ways > 1);
  return {
    what: join(
      `Backward through ${s.op}: in comes the gradient of its output ${shape(s.output_shape)}, out goes that of ${out}.`,
      why && `${why[0]!.toUpperCase()}${why.slice(1)}.`,
      ...shared.map((t) => `${t.name} was used ${t.ways} times: this is way ${t.ways_so_far} of ${t.ways} back to it, and its gradient will be their sum.`),
    ),
    formulas: s.op === "conv2d" || s.op === "linear" ? [formula("multiplications", f.backwardFormula(s))] : [],
    ...table(s),
  };
};

// Where a gradient came by several ways, these; else where it goes on by several, those.
function table(s: Step): Pick<StepText, "table"> {
  const incoming = s.in.at(-1);
  if ((s.paths?.length ?? 0) > 1)
    return {
      table: {
        caption: `The gradient of ${s.name} came by ${s.paths!.length} ways and is their sum. A share is the part of the sum that points its way; below 0, a way works against the others.`,
        head: ["from", "length", "share"],
        rows: s.paths!.map((path) => [path.name, f.num(path.norm), f.share(path.share)]),
        sum: ["sum", f.num(incoming!.norm), "100%"],
      },
    };
  if (s.op !== "cat") return {};
  return {
    table: {
      caption: `How the gradient splits: the squares of the lengths add up, ${f.lengthFormula(s.shown.map(({ norm }) => norm), incoming!.norm)}.`,
      head: ["to", "length", "share"],
      rows: s.shown.map((t) => [`${t.name} ${shape(t.shape)}`, f.num(t.norm), f.share((t.norm / incoming!.norm) ** 2)]),
      sum: ["whole", f.num(incoming!.norm), "100%"],
    },
  };
}

const sayUpdate = (s: Step): Said => {
  const [velocity, weight] = f.updateFormulas(s);
  return {
    what: `The optimizer changes ${s.name} ${shape(s.shape)}: velocity v = m·v + g, with momentum m = ${f.num(s.momentum!)} and gradient g, and 0 before the first step; then each weight w becomes w − lr·v, with learning rate lr = ${f.num(s.lr!)}. The weight that changes most, number ${count(s.example!.element)}:`,
    formulas: [formula("velocity", velocity), formula("weight", weight)],
    ...table(s),
  };
};

const phases = { forward: "forward", backward: "backward", update: "update" };
const say = { forward: sayForward, backward: sayBackward, update: sayUpdate };

function numbers(s: Step): string {
  const [first] = s.shown;
  const cost = [
    s.parameters > 0 && `${count(s.parameters)} parameters`,
    s.multiply_adds > 0 && `${count(s.multiply_adds)} multiply-adds`,
    s.phase !== "update" && `${short(s.milliseconds)} ms`,
  ];
  const what = s.phase === "backward" ? `Gradient of ${first!.name}` : s.phase === "update" ? "New values" : "Values";
  return join(
    `${cost.filter(Boolean).join(", ")}.`,
    f.total(first!.shape) > 1 && `${what} from ${f.num(first!.minimum)} to ${f.num(first!.maximum)}, ${f.num(first!.mean)} on average, length ${f.num(first!.norm)}.`,
  );
}

export const en: StepWords = {
  step: (s) => ({
    title: `Step ${s.index + 1} of ${s.length}, ${phases[s.phase]}: ${s.name}`,
    numbers: numbers(s),
    at: `line ${s.line}`,
    ...say[s.phase](s),
  }),
  picked: ({ name, position, value, sum }) => join(`${name}[${position.join(", ")}] = ${f.num(value)}.`, sum && `It came about so: ${sum}.`),
  axes: (rank) => (rank === 4 ? ["image", "channel", "row", "column"] : rank === 2 ? ["row", "column"] : rank === 1 ? ["number"] : []),
  breakpoint: (file, line) => `Breakpoint at line ${line} of ${file}`,
  nothingDrawn: "Draw a digit first: there is nothing on the pad yet.",
  noTestImage: (reason) => `The test image could not be fetched (${reason}).`,
};
