import type { Logger } from "pino";
import type { Reflection } from "./reflector.ts";

/** Says once when a collection can't be followed and why, and once when it can again; `whenRefused` is what follows from a refusal. */
export function logTransitions(
  log: Logger,
  what: string,
  whenRefused?: string,
): (reflection: Reflection<unknown>) => void {
  let lost = false;
  return (reflection) => {
    if (reflection.state === "fresh") {
      if (lost) log.info(`following ${what} again`);
      lost = false;
      return;
    }
    if (lost) return;
    lost = true;
    const refused = reflection.state === "refused" && whenRefused !== undefined;
    log.warn(
      { err: reflection.error },
      refused ? `not permitted to watch ${what}: ${whenRefused}` : `can't follow ${what}`,
    );
  };
}
