/**
 * A decimal integer as Go's `strconv.Atoi` reads it.
 * @throws SyntaxError for everything else, also white space and values beyond 64 bits.
 */
export function parseGoInteger(text: string): number {
  if (!/^[+-]?\d+$/.test(text)) throw new SyntaxError("not an integer");
  const value = BigInt(text.replace("+", ""));
  if (BigInt.asIntN(64, value) !== value) throw new SyntaxError("out of range");
  return Number(value);
}

/**
 * A decimal number as Go's `strconv.ParseFloat` reads it: `1e-3`, `.5`, `1_000`, `+Inf`. Hexadecimal floats are refused.
 * @throws SyntaxError for everything else, also white space, NaN and values beyond 64 bits.
 */
export function parseGoFloat(text: string): number {
  if (/^[+-]?inf(?:inity)?$/i.test(text)) return text.startsWith("-") ? -Infinity : Infinity;
  if (!goFloat.test(text)) throw new SyntaxError(`${JSON.stringify(text)} is not a number`);
  const value = Number(text.replaceAll("_", ""));
  if (!Number.isFinite(value)) throw new SyntaxError(`${JSON.stringify(text)} is out of range`);
  return value;
}

const digits = String.raw`\d+(?:_\d+)*`;
const goFloat = new RegExp(
  String.raw`^[+-]?(?:${digits}\.?(?:${digits})?|\.${digits})(?:e[+-]?${digits})?$`,
  "i",
);
