// Reads the formulas that the page writes: "24·(5·5·16 + 1) = 9,624", "⌊(24 − 2)/2⌋ + 1 = 12", "√(3² + 4²) = 5".

/** The value of one side; NaN for what is no number, as "v" or "m·v + g". */
export function evaluate(text) {
  const script = text
    .replace(/\((?:나머지 )?[\d,]+(?: others|개)\)|\(bias\)|\(편향\)/g, "") // remarks
    .replaceAll("−", "-")
    .replace(/(\d),(?=\d{3})/g, "$1")
    .replaceAll("·", "*")
    .replaceAll("²", "**2")
    .replaceAll("√", "Math.sqrt")
    .replaceAll("⌊", "Math.floor(")
    .replaceAll("⌋", ")")
    .replaceAll("e^", "Math.exp")
    .replace(/\bmax\(/g, "Math.max(")
    .trim();
  const words = script.replace(/Math\.(sqrt|floor|exp|max)/g, "").replace(/\de[+-]?\d/g, "");
  return /[^\d\s.,()*/+-]/.test(words) ? NaN : Function(`return (${script});`)();
}

/** Says what is wrong with a formula, whose sides must be equal but for the digits that are not written; or "". */
export function faultOf(formula, tolerance = 2e-3) {
  const sides = formula.split(" = ").map(evaluate).filter((side) => !Number.isNaN(side));
  if (sides.length < 2) return `${formula}: nothing to compare`;
  const size = Math.max(...(formula.replaceAll(",", "").match(/\d[\d.]*(e[−+]?\d+)?/g) ?? []).map((n) => Number(n.replace("−", "-"))));
  const exact = /^[\d\s·,()+−=⌊⌋/]*$/.test(formula) && !formula.includes(".");
  const wrong = sides.some((side) => Math.abs(side - sides.at(-1)) > (exact ? 1e-9 : tolerance * Math.max(size, 1e-12)));
  return wrong ? `${formula}: ${sides.join(" is not ")}` : "";
}
