import { isIP } from "node:net";
import { z } from "zod";
import { parseGoDuration } from "../lib/goDuration.ts";
import { isOwnType } from "./ownTypes.ts";

/** Zod is imported here only, so that an agent without a settings file does not carry it. */

const name = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$/,
    "expected up to 63 letters, digits, dots, hyphens and underscores",
  )
  .refine((given) => !isOwnType(given), "is taken by a check of kubenurse itself");
const interval = z.string().transform((given, context) => {
  try {
    const seconds = parseGoDuration(given);
    if (seconds >= 1 && seconds <= 3600) return seconds;
  } catch {}
  context.addIssue("expected a duration from 1s to 1h");
  return z.NEVER;
});
const httpUrl = z
  .url({ protocol: /^https?$/, error: "expected an absolute http or https URL" })
  .transform((given) => new URL(given));
const port = z.number().int().min(1).max(65_535);
const ipAddress = z.string().refine((given) => isIP(given) !== 0, "expected an IP address");
const status = z.union(
  [z.number().int().min(100).max(599), z.enum(["1xx", "2xx", "3xx", "4xx", "5xx"])],
  "expected a status code or a class such as 2xx",
);
const pattern = z.string().transform((given, context) => {
  try {
    return new RegExp(given, "u");
  } catch (error) {
    context.addIssue((error as Error).message);
    return z.NEVER;
  }
});
const always = { name, interval: interval.optional() };

const check = z.discriminatedUnion("kind", [
  z.strictObject({
    ...always,
    kind: z.literal("http"),
    url: httpUrl,
    headers: z.record(z.string().regex(/^[\w-]+$/, "expected a header's name"), z.string()).default({}),
    /** Any of these is good. */
    status: z.array(status).min(1).default([200]),
    /** The body must hold this text, and match this regular expression. */
    body: z.strictObject({ contains: z.string().optional(), matches: pattern.optional() }).optional(),
    keepConnection: z.boolean().default(false),
  }),
  z.strictObject({ ...always, kind: z.literal("tcp"), host: z.string().min(1), port }),
  z.strictObject({
    ...always,
    kind: z.literal("dns"),
    server: ipAddress,
    port: port.default(53),
    hostname: z.string().min(1).max(253),
    type: z.enum(["A", "AAAA"]).default("A"),
    transport: z.enum(["udp", "tcp"]).default("udp"),
  }),
  z.strictObject({ ...always, kind: z.literal("lookup"), hostname: z.string().min(1).max(253) }),
  /** The other side is a kubenurse's UDP port. */
  z.strictObject({ ...always, kind: z.literal("udp"), address: ipAddress, port: port.default(8080) }),
  /** The other side is a kubenurse: the URL without a path. */
  z.strictObject({ ...always, kind: z.literal("payload"), url: httpUrl }),
]);

/** The settings file: strict, so that a misspelt key is refused. */
export const settingsFileSchema = z.strictObject({
  checks: z
    .array(check)
    .default([])
    .superRefine((checks, context) => {
      checks.forEach(({ name }, index) => {
        const first = checks.findIndex((other) => other.name === name);
        if (first < index)
          context.addIssue({
            code: "custom",
            path: [index, "name"],
            message: `is the name of check ${first + 1}, too`,
          });
      });
    }),
});

/** What the settings file says. */
export type SettingsFile = z.infer<typeof settingsFileSchema>;
/** An extra check of any kind. */
export type FileCheck = SettingsFile["checks"][number];
