import { validateHeaderValue } from "node:http";
import { isIP } from "node:net";
import { z } from "zod";
import { parseGoDuration } from "../lib/goDuration.ts";
import { refuse } from "./kind.ts";
import { dnsName } from "./nameKinds.ts";
import { isOwnType } from "./ownTypes.ts";
import { parseHttpUrl } from "./urlKinds.ts";

/** What the settings file's keys may hold: nothing that could never be sent, since that would pass for a failure of the network. */

export const checkName = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$/,
    "expected up to 63 letters, digits, dots, hyphens and underscores",
  )
  .refine((given) => !isOwnType(given), "is taken by a check of kubenurse itself");

export const interval = parsed("a duration from 1s to 1h", (given) => {
  const seconds = parseGoDuration(given);
  return seconds >= 1 && seconds <= 3600 ? seconds : refuse("out of range");
});

export const httpUrl = parsed("an absolute http or https URL", parseHttpUrl);

export const port = z.number().int().min(1).max(65_535);

export const ipAddress = z.string().refine((given) => isIP(given) !== 0, "expected an IP address");

export const hostname = parsed("a DNS name such as example.org, other letters in their xn-- form", parseName);

export const host = parsed("an IP address without brackets, or a DNS name", (given) =>
  isIP(given) === 0 ? parseName(given) : given,
);

export const headers = z.record(
  z.string().regex(/^[\w-]+$/, "expected a header's name"),
  parsed("a header's value", (given) => {
    if (given.endsWith("\n")) refuse("ends with a line break, which YAML leaves out after |- in place of |");
    validateHeaderValue("value", given);
    return given;
  }),
);

export const status = z.union(
  [z.number().int().min(100).max(599), z.enum(["1xx", "2xx", "3xx", "4xx", "5xx"])],
  "expected a status code or a class such as 2xx",
);

export const pattern = parsed("a regular expression", (given) => new RegExp(given, "u"));

/** `parse` throws what is wrong, without the text: it may be a secret. */
function parsed<Value>(expected: string, parse: (given: string) => Value) {
  return z.string().transform((given, context) => {
    try {
      return parse(given);
    } catch (error) {
      context.addIssue(`expected ${expected}: ${(error as Error).message}`);
      return z.NEVER;
    }
  });
}

function parseName(given: string): string {
  return given === "" ? refuse("empty") : dnsName.parse(given);
}
