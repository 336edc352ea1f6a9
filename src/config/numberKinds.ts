import { parseGoDuration } from "../lib/goDuration.ts";
import { parseGoFloat, parseGoInteger } from "../lib/goNumber.ts";
import { type Kind, refuse } from "./kind.ts";

/** The longest wait a timer of Node can hold, rounded down to hours. */
const longestHours = 596;

/** A Go duration in seconds; `above` excludes itself. */
export function duration({ above }: { above?: number } = {}): Kind<number> {
  const least = above === undefined ? "" : `above ${above} and `;
  return {
    expected: `a Go duration such as 300ms, 5s or 1m30s, ${least}at most ${longestHours}h`,
    parse(given) {
      const seconds = parseGoDuration(given);
      if (above !== undefined && seconds <= above) throw new SyntaxError("too short");
      return seconds > longestHours * 3600 ? refuse("too long") : seconds;
    },
    schema: { pattern: "^[+-]?(0|(([0-9]+\\.?[0-9]*|\\.[0-9]+)(ns|us|µs|μs|ms|s|m|h))+)$" },
  };
}

export const integer: Kind<number> = {
  expected: "a decimal integer",
  parse: parseGoInteger,
  schema: { pattern: "^([+-]?[0-9]+)?$" },
  emptyIsDefault: true,
};

export const buckets: Kind<readonly number[]> = {
  expected: "numbers separated by commas without spaces, each above the one before",
  parse(given) {
    const bounds = given.split(",").map(parseGoFloat);
    const fallen = bounds.findIndex((bound, index) => index > 0 && bound <= (bounds[index - 1] ?? 0));
    if (fallen > 0) throw new SyntaxError(`${bounds[fallen]} is not above ${bounds[fallen - 1]}`);
    if (bounds[0] === -Infinity) throw new SyntaxError("-Inf is no bound");
    return bounds.filter((bound) => bound !== Infinity);
  },
  schema: {},
  emptyIsDefault: true,
};

export const count: Kind<number> = {
  expected: "a whole number from 1 to 100",
  parse(given) {
    const number = parseGoInteger(given);
    return number >= 1 && number <= 100 ? number : refuse("out of range");
  },
  schema: { pattern: "^[0-9]*$" },
  emptyIsDefault: true,
};

export const perSecond: Kind<number> = {
  expected: "a number from 0 to 100",
  parse(given) {
    const number = parseGoFloat(given);
    return number >= 0 && number <= 100 ? number : refuse("out of range");
  },
  schema: {},
  emptyIsDefault: true,
};
