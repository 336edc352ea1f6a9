import type { Logger } from "pino";
import type { Reflection } from "./reflector.ts";

/** Says once when a collection can't be followed and why, and once when it can again. */
export function logTransitions(
  log: Logger,
  what: "agents" | "nodes",
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
    const refused = what === "nodes" && reflection.state === "refused";
    log.warn(
      { err: reflection.error },
      refused ? "not permitted to watch nodes: every node counts as schedulable" : `can't follow ${what}`,
    );
  };
}
