/**
 * A number as Go prints a float64 with `%v` or `%g`: the shortest digits that read back as the same number, with an
 * exponent of at least two digits when it is below -4 or above 5 (0.0001, 5e-05, 999999, 1e+06).
 */
export function formatGoFloat(x: number): string {
  if (Number.isNaN(x)) return "NaN";
  if (!Number.isFinite(x)) return x > 0 ? "+Inf" : "-Inf";
  if (x === 0) return Object.is(x, -0) ? "-0" : "0";
  const scientific = x.toExponential();
  const exponent = exponentOf(scientific);
  return exponent < -4 || exponent > 5 ? padExponent(scientific) : String(x);
}

/** A number as Go prints it with `%.<digits>e`. */
export function formatGoExponent(x: number, digits: number): string {
  return padExponent(x.toExponential(digits));
}

function exponentOf(scientific: string): number {
  return Number(scientific.slice(scientific.indexOf("e") + 1));
}

function padExponent(scientific: string): string {
  return scientific.replace(/e([+-])(\d)$/, "e$10$2");
}
