import { setTimeout as pause } from "node:timers/promises";
import type { Site } from "../site.ts";
import { type ExpectedFindings, isOneOf } from "./expectations.ts";
import type { Fault } from "./faults.ts";
import type { FindingsWatch, Sighting } from "./watch.ts";

/** What the agents made of a fault. */
export interface Trial {
  readonly expected: ExpectedFindings;
  readonly sightings: readonly Sighting[];
  /** The first finding that names what is broken, and what it said when it did. */
  readonly hit?: {
    readonly sighting: Sighting;
    readonly name: string;
    readonly confidence: number;
    readonly seconds: number;
  };
  /** Names under which findings opened that nobody expected. */
  readonly wrong: readonly string[];
  readonly heldSeconds: number;
  /** From healing until no finding was open; absent where that took too long. */
  readonly closedSeconds?: number;
}

/** A fault that was found is held on for so long, so that what else opens is seen. */
const holdSeconds = 20;
const closeSeconds = 420;

/** Makes a fault, heals it and waits until no finding is open. @throws where `signal` is aborted; the fault is healed then. */
export async function tryFault(
  { inject, seconds }: Pick<Fault, "inject" | "seconds">,
  site: Site,
  expected: ExpectedFindings,
  watch: FindingsWatch,
  signal: AbortSignal,
): Promise<Trial> {
  let hit: Trial["hit"];
  const wrong = new Set<string>();
  const look = async () => {
    for (const sighting of watch.sightings()) {
      for (const name of sighting.names) {
        const { confidence } = sighting.latest;
        if (isOneOf(expected.must, name)) hit ??= { sighting, name, confidence, seconds: watch.seconds() };
        else if (!isOneOf(expected.may, name)) wrong.add(name);
      }
    }
    await pause(500, undefined, { signal });
  };
  watch.restart();
  {
    await using _ = await inject(site);
    while (watch.seconds() < Math.min(seconds, (hit?.seconds ?? seconds) + holdSeconds)) await look();
  }
  const heldSeconds = watch.seconds();
  const sinceHealing = () => watch.seconds() - heldSeconds;
  let quietSince = 0;
  while (sinceHealing() < closeSeconds) {
    await look();
    if (watch.open()?.length !== 0) quietSince = sinceHealing();
    // What the fault's last windows say may come late.
    else if (sinceHealing() - quietSince > 12) break;
  }
  const isClosed = watch.open()?.length === 0;
  return {
    ...{ expected, sightings: watch.sightings(), wrong: [...wrong], heldSeconds },
    ...(hit !== undefined && { hit }),
    ...(isClosed && { closedSeconds: quietSince }),
  };
}
