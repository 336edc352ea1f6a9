import type { Edges } from "../edges.ts";

/** Decides when to try again to reach one place after failures, and says when they last. */
export interface Patience {
  /** Whether `place` is to be tried now; another one than the last always is. */
  isDue(place: string): boolean;
  ended(how: "good" | "failed"): void;
}

/** After a failure; doubled with each further one. */
const pauseSeconds = { first: 2.5, most: 15 };
/** So many failures in a row are said, and their end. */
const saidAfter = 3;

export function createPatience({ clock, random, log }: Pick<Edges, "clock" | "random" | "log">): Patience {
  let lastPlace = "";
  let failures = 0;
  /** Of this place. */
  let pauses = 0;
  let pausedUntil = 0;
  return {
    isDue(place) {
      const isOther = place !== lastPlace;
      lastPlace = place;
      if (isOther) pauses = 0;
      return isOther || clock.now() >= pausedUntil;
    },
    ended(how) {
      if (how === "good") {
        if (failures >= saidAfter) log.info("reports reach the leader again");
        failures = pauses = 0;
        return;
      }
      const seconds = Math.min(pauseSeconds.most, pauseSeconds.first * 2 ** pauses);
      pausedUntil = clock.now() + seconds * (0.75 + 0.5 * random());
      failures += 1;
      pauses += 1;
      if (failures === saidAfter) log.warn("reports do not reach the leader, and are kept for five minutes");
    },
  };
}
