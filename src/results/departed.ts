import type { Clock } from "../edges.ts";
import type { CheckType } from "./results.ts";

/** While an agent is replaced its node has none for some seconds, and scrapes are up to a minute or so apart. */
const keptSeconds = 120;

/** What is kept of checks that ended, for those that soon begin again. */
export interface Departed<Kept> {
  keep(type: CheckType, kept: Kept): void;
  /** Takes out what is kept of a check that begins again. */
  takeBack(type: CheckType): Kept | undefined;
  peek(type: CheckType): Kept | undefined;
  types(): Iterable<CheckType>;
  stop(): void;
}

/** `onGone` is called when a check did not begin again within two minutes. */
export function createDeparted<Kept>(clock: Clock, onGone: (type: CheckType) => void): Departed<Kept> {
  const departed = new Map<CheckType, { kept: Kept; cancel: () => void }>();
  return {
    keep(type, kept) {
      const cancel = clock.after(keptSeconds, () => {
        departed.delete(type);
        onGone(type);
      });
      departed.set(type, { kept, cancel });
    },
    takeBack(type) {
      const one = departed.get(type);
      one?.cancel();
      departed.delete(type);
      return one?.kept;
    },
    peek: (type) => departed.get(type)?.kept,
    types: () => departed.keys(),
    stop() {
      for (const { cancel } of departed.values()) cancel();
    },
  };
}
