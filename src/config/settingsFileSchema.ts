import { z } from "zod";
import {
  checkName,
  headers,
  host,
  hostname,
  httpUrl,
  interval,
  ipAddress,
  pattern,
  port,
  status,
} from "./settingsFileValues.ts";

/** Zod is imported here and by what is imported only here, so that an agent without a settings file does not carry it. */

const always = { name: checkName, interval: interval.optional() };

const check = z.discriminatedUnion("kind", [
  z.strictObject({
    ...always,
    kind: z.literal("http"),
    url: httpUrl,
    headers: headers.default({}),
    /** Any of these is good. */
    status: z.array(status).min(1).default([200]),
    /** The body must hold this text, and match this regular expression. */
    body: z.strictObject({ contains: z.string().optional(), matches: pattern.optional() }).optional(),
    keepConnection: z.boolean().default(false),
  }),
  z.strictObject({ ...always, kind: z.literal("tcp"), host, port }),
  z.strictObject({
    ...always,
    kind: z.literal("dns"),
    server: ipAddress,
    port: port.default(53),
    hostname,
    type: z.enum(["A", "AAAA"]).default("A"),
    transport: z.enum(["udp", "tcp"]).default("udp"),
  }),
  z.strictObject({ ...always, kind: z.literal("lookup"), hostname }),
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
