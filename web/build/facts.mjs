// Numbers in prose: {{name}} becomes the fact of that name, as the library computed it.

/** 120422400 → "120,422,400"; 4.852 with one decimal → "4.9"; null, what is not known yet → "–". */
export function formatFact(fact) {
  if (!fact) return "–";
  const { value, decimals = 0 } = fact;
  return value.toLocaleString("en-US", { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
}

/**
 * Replaces every {{name}} in a text. Throws an error that names the file and the line for a name that is no fact.
 * @param {string} text
 * @param {Map<string, {value: number, decimals?: number} | null>} facts
 */
export function fillFacts(text, facts, file) {
  return text.replace(/\{\{([a-z0-9_]+)\}\}/g, (_, name, offset) => {
    if (facts.has(name)) return formatFact(facts.get(name));
    const line = text.slice(0, offset).split("\n").length;
    throw new Error(`${file}:${line}: there is no fact {{${name}}}; see facts() in the lesson's lesson.cpp`);
  });
}
