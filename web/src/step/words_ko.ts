import { count, join, shape, short } from "../format";
import * as f from "./formulas";
import type { Step, Tensor } from "./trace";
import type { StepText, StepWords } from "./words";

type Said = Pick<StepText, "what" | "formulas" | "table">;

const formula = (means: string, text: string): StepText["formulas"][number] => ({ means, formula: text });
const parameters = (s: Step): StepText["formulas"] => [formula("파라미터", f.parameterFormula(s)), formula("곱셈", f.productsFormula(s))];
const height = (s: Step): StepText["formulas"] => [formula("높이와 너비", f.sizeFormula(s))];
const window = (s: Step): string => `${s.kernel}×${s.kernel} 창을 ${s.stride}칸씩 옮기며`;

const forward: Record<string, (s: Step) => { means: string; formulas?: StepText["formulas"] }> = {
  conv2d: (s) => ({
    means: `${s.kernel}×${s.kernel}×${s.in_channels} 필터 ${s.out_channels}개가 채널 ${s.in_channels}개를 훑어요. 출력 하나는 창과 필터를 곱해 모두 더한 값${s.bias ? "에 필터의 편향을 더한 것" : ""}이에요`,
    formulas: [...parameters(s), ...height(s)],
  }),
  linear: (s) => ({
    means: `출력 ${s.out_channels}개가 저마다 입력 ${count(s.in_channels!)}개의 가중합${s.bias ? "에 편향을 더한 값" : ""}이에요`,
    formulas: parameters(s),
  }),
  max_pool2d: (s) => ({ means: `${window(s)} 창마다 가장 큰 값만 남겨요`, formulas: height(s) }),
  avg_pool2d: (s) => ({ means: `${window(s)} 창마다 평균을 내요. 가장자리 바깥은 0으로 쳐요`, formulas: height(s) }),
  relu: (s) => ({
    means: `음수를 0으로 바꿔요. 값 ${count(f.total(s.shape))}개 가운데 ${count(s.blocked!)}개(${f.share(s.blocked! / f.total(s.shape))})가 이제 0이에요`,
  }),
  cat: (s) => ({ means: `결과 ${f.dataInputs(s).length}개를 채널 방향으로 이어 붙여요`, formulas: [formula("채널", f.joinFormula(s))] }),
  add: () => ({ means: "같은 자리의 값끼리 더해요" }),
  flatten: (s) => ({ means: "모든 맵을 한 줄로 펼쳐요", formulas: [formula("한 줄의 길이", f.flattenFormula(s))] }),
  view: () => ({ means: "같은 수를 다른 모양으로 놓아요" }),
  batch_norm2d: () => ({ means: "채널마다 평균 0, 분산 1이 되게 옮기고 늘인 다음, 학습한 두 수로 다시 늘이고 옮겨요" }),
  log_softmax: (s) => ({
    means: `점수를 확률의 로그로 바꿔요. 가장 높은 것은 ${s.shown[0]!.largest_at}번이에요`,
    formulas: [formula(`${s.shown[0]!.largest_at}일 확률`, `e^(${f.num(s.shown[0]!.maximum)}) = ${f.num(Math.exp(s.shown[0]!.maximum))}`)],
  }),
  nll_loss: (s) => ({
    means: `정답 ${s.label}에 준 확률의 로그에 음의 부호를 붙인 값이 손실이에요`,
    formulas: [formula("손실", `−(${f.num(-s.shown[0]!.mean)}) = ${f.num(s.shown[0]!.mean)}`)],
  }),
};

const sayForward = (s: Step): Said => {
  const { means, formulas = [] } = forward[s.op]?.(s) ?? { means: "" };
  return { what: `${s.op}${means && ": "}${means}. ${f.shapesIn(s)} → ${shape(s.output_shape)}.`, formulas };
};

const backward: Record<string, (s: Step, out: Tensor) => string> = {
  conv2d: () => "입력의 기울기는 그 값을 본 출력들의 기울기에 필터 값을 곱해 모은 것이에요. 가중치의 기울기는 모든 자리에서 입력과 기울기를 곱해 더한 것, 편향의 기울기는 그냥 더한 것이에요",
  linear: () => "입력의 기울기는 출력의 기울기에 가중치를 곱해 더한 것이에요. 가중치의 기울기는 입력과 기울기의 곱, 편향의 기울기는 출력의 기울기 그대로예요",
  max_pool2d: (_, out) => `창마다 가장 컸던 값만 기울기를 받아요. 값 ${count(f.total(out.shape))}개 가운데 ${count(f.total(out.shape) - out.zeros)}개가 받고 나머지는 0이에요`,
  avg_pool2d: (s) => `기울기를 창 안의 값들에 똑같이, 1/${s.kernel! * s.kernel!}씩 나누어 줘요`,
  relu: (s, out) =>
    `입력이 양수가 아니었던 자리는 막혀요. 기울기 ${count(f.total(out.shape))}개 가운데 ${count(s.blocked!)}개(${f.share(s.blocked! / f.total(out.shape))})가 막히고 나머지는 그대로 지나가요`,
  cat: (s) => `기울기를 이어 붙였던 대로 ${s.shown.length}조각으로 잘라 나누어 줘요`,
  add: () => "더한 값들은 모두 같은 기울기를 받아요",
  flatten: () => "한 줄이던 기울기가 다시 맵의 모양이 돼요",
  view: () => "기울기가 앞의 모양으로 돌아가요",
  batch_norm2d: () => "채널마다 기울기를 늘이고, 평균이나 분산을 바꿀 몫은 빼요",
  log_softmax: (s, out) => `점수마다 기울기는 그 숫자에 준 확률이고, 정답 ${s.label}에서만 거기서 1을 빼요. 그래서 정답의 기울기는 ${f.num(out.minimum)}이고, 모두 더하면 0이에요`,
  nll_loss: (s) => `손실을 손실로 미분한 1에서 시작해요. 손실에는 정답 ${s.label}만 쓰였으니 그 자리가 −1을 받고 나머지는 0이에요`,
};

const sayBackward = (s: Step): Said => {
  const why = backward[s.op]?.(s, s.shown[0]!);
  const out = s.shown.map((t) => `${t.name} ${shape(t.shape)}`).join(", ");
  const shared = s.shown.filter(({ ways = 1 }) => ways > 1);
  return {
    what: join(
      `${s.op}의 역전파: 출력 ${shape(s.output_shape)}의 기울기가 들어와 ${out}의 기울기가 나가요.`,
      why && `${why}.`,
      ...shared.map((t) => `${t.name}의 값은 ${t.ways}번 쓰였어요. 지금은 그리로 돌아가는 ${t.ways}갈래 중 ${t.ways_so_far}번째이고, 모두 더한 것이 그 기울기예요.`),
    ),
    formulas: s.op === "conv2d" || s.op === "linear" ? [formula("곱셈", f.backwardFormula(s))] : [],
    ...table(s),
  };
};

// Where a gradient came by several ways, these; else where it goes on by several, those.
function table(s: Step): Pick<StepText, "table"> {
  const incoming = s.in.at(-1);
  if ((s.paths?.length ?? 0) > 1)
    return {
      table: {
        caption: `${s.name}의 기울기는 ${s.paths!.length}갈래에서 와서 더해졌어요. 몫은 합과 같은 방향인 부분의 비율이고, 0보다 작으면 다른 갈래와 반대로 밀어요.`,
        head: ["어디서", "길이", "몫"],
        rows: s.paths!.map((path) => [path.name, f.num(path.norm), f.share(path.share)]),
        sum: ["합", f.num(incoming!.norm), "100%"],
      },
    };
  if (s.op !== "cat") return {};
  return {
    table: {
      caption: `기울기가 나뉘는 모습이에요. 길이의 제곱끼리 더하면 전체가 돼요: ${f.lengthFormula(s.shown.map(({ norm }) => norm), incoming!.norm)}.`,
      head: ["어디로", "길이", "몫"],
      rows: s.shown.map((t) => [`${t.name} ${shape(t.shape)}`, f.num(t.norm), f.share((t.norm / incoming!.norm) ** 2)]),
      sum: ["전체", f.num(incoming!.norm), "100%"],
    },
  };
}

const sayUpdate = (s: Step): Said => {
  const [velocity, weight] = f.updateFormulas(s);
  return {
    what: `옵티마이저가 ${s.name} ${shape(s.shape)}의 값을 바꿔요. 먼저 속도 v = m·v + g를 구해요. 모멘텀 m은 ${f.num(s.momentum!)}, g는 기울기이고, 첫 단계 전의 속도는 0이에요. 그다음 가중치 w를 w − lr·v로 바꿔요. 학습률 lr은 ${f.num(s.lr!)}이에요. 가장 많이 바뀌는 ${count(s.example!.element)}번 값은 이래요.`,
    formulas: [formula("속도", velocity), formula("가중치", weight)],
    ...table(s),
  };
};

const phases = { forward: "순전파", backward: "역전파", update: "갱신" };
const say = { forward: sayForward, backward: sayBackward, update: sayUpdate };

function numbers(s: Step): string {
  const [first] = s.shown;
  const cost = [
    s.parameters > 0 && `파라미터 ${count(s.parameters)}개`,
    s.multiply_adds > 0 && `곱셈·덧셈 ${count(s.multiply_adds)}번`,
    s.phase !== "update" && `${short(s.milliseconds)} ms`,
  ];
  const what = s.phase === "backward" ? `${first!.name}의 기울기는` : s.phase === "update" ? "새 값은" : "값은";
  return join(
    `${cost.filter(Boolean).join(", ")}.`,
    f.total(first!.shape) > 1 && `${what} ${f.num(first!.minimum)}부터 ${f.num(first!.maximum)}까지, 평균 ${f.num(first!.mean)}, 길이 ${f.num(first!.norm)}.`,
  );
}

export const ko: StepWords = {
  step: (s) => ({
    title: `${s.length}단계 중 ${s.index + 1}단계, ${phases[s.phase]}: ${s.name}`,
    numbers: numbers(s),
    at: `${s.line}행`,
    ...say[s.phase](s),
  }),
  picked: ({ name, position, value, sum }) => join(`${name}[${position.join(", ")}] = ${f.num(value)}.`, sum && `이렇게 나온 값이에요: ${sum}.`),
  axes: (rank) => (rank === 4 ? ["이미지", "채널", "행", "열"] : rank === 2 ? ["행", "열"] : rank === 1 ? ["번호"] : []),
  breakpoint: (file, line) => `${file} ${line}행 중단점`,
  nothingDrawn: "그림판이 비어 있어요. 먼저 숫자를 써 주세요.",
  noTestImage: (reason) => `테스트 이미지를 가져오지 못했어요(${reason}).`,
};
