import type { Clock } from "../edges.ts";
import type { CheckType, Subject } from "./results.ts";

/** While an agent is replaced its node has none for some seconds, and scrapes are up to a minute or so apart. */
const keptSeconds = 120;

/** What is kept of checks that ended, for those that soon begin again. */
export interface Departed<Kept> {
  keep(subject: Subject, kept: Kept): void;
  /** Takes out what is kept of a check that begins again. One of another kind that had its name is gone at once. */
  takeBack(subject: Subject): Kept | undefined;
  peek(type: CheckType): Kept | undefined;
  subjects(): Subject[];
  stop(): void;
}

/** `onGone` is called when a check did not begin again within two minutes, or another has its name now. */
export function createDeparted<Kept>(clock: Clock, onGone: (subject: Subject) => void): Departed<Kept> {
  const departed = new Map<CheckType, { subject: Subject; kept: Kept; cancel: () => void }>();
  return {
    keep(subject, kept) {
      const cancel = clock.after(keptSeconds, () => {
        departed.delete(subject.type);
        onGone(subject);
      });
      departed.set(subject.type, { subject, kept, cancel });
    },
    takeBack(subject) {
      const one = departed.get(subject.type);
      if (one === undefined) return undefined;
      one.cancel();
      departed.delete(subject.type);
      if (isSameSeries(one.subject, subject)) return one.kept;
      onGone(one.subject);
      return undefined;
    },
    peek: (type) => departed.get(type)?.kept,
    subjects: () => [...departed.values()].map(({ subject }) => subject),
    stop() {
      for (const { cancel } of departed.values()) cancel();
    },
  };
}

/** Whether both are in the same series: a settings file may give its check another kind, and a DNS pod may move to another node. */
function isSameSeries(one: Subject, other: Subject): boolean {
  return one.probe === other.probe && one.target === other.target && one.compatible === other.compatible;
}
