/**
 * Seconds of a duration written as Go's `time.ParseDuration` reads it: `300ms`, `1m30s`, `-1.5h`, `0`. Truncates to
 * nanoseconds, as Go does.
 * @throws SyntaxError where Go refuses it, also beyond 2^63 nanoseconds (about 292 years).
 */
export function parseGoDuration(text: string): number {
  const { sign, parts } = /^(?<sign>[+-]?)(?<parts>.+)$/s.exec(text)?.groups ?? {};
  if (parts === undefined) throw new SyntaxError("no number");
  if (parts === "0") return 0;
  if (/^(?:\d+\.?\d*|\.\d+)$/.test(parts)) throw new SyntaxError("no unit");
  if (!/^(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/.test(parts))
    throw new SyntaxError("not a duration");
  let nanoseconds = 0n;
  for (const [, whole = "", fraction = "", unit = ""] of parts.matchAll(/(\d*)\.?(\d*)([^\d.]+)/g)) {
    const size = nanosecondsOf[unit] ?? 0;
    nanoseconds +=
      BigInt(whole) * BigInt(size) + BigInt(Math.floor(Number(fraction) * (size / 10 ** fraction.length)));
  }
  const negative = sign === "-";
  if (nanoseconds > (negative ? 2n ** 63n : 2n ** 63n - 1n)) throw new SyntaxError("too long");
  return (negative ? -1 : 1) * (Number(nanoseconds) / 1e9);
}

const nanosecondsOf: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  // Both code points are in use: the micro sign U+00B5 and the Greek letter U+03BC.
  "\u00b5s": 1e3,
  "\u03bcs": 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
};
