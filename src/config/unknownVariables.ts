import { nearest } from "../lib/nearest.ts";
import type { Environment } from "./environment.ts";
import { settings } from "./settings.ts";

/** One warning for each variable that looks like one of the agent's but is none, such as a misspelt name. */
export function warningsOfUnknown(environment: Environment): string[] {
  const known = Object.keys(settings);
  return Object.keys(environment)
    .filter((name) => name.startsWith("KUBENURSE_") && !known.includes(name) && !isServiceLink(name))
    .map((name) => {
      const meant = nearest(name, known);
      return `${name}: not known${meant === undefined ? "" : `; ${meant} is`}`;
    });
}

/** The kubelet sets such variables in every pod for each Service of its namespace, and one may be named kubenurse. */
function isServiceLink(name: string): boolean {
  return /_(?:SERVICE_HOST|SERVICE_PORT(?:_[A-Z0-9_]+)?|PORT(?:_\d+_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR))?)?)$/.test(
    name,
  );
}
