import type { Config } from "../config/config.ts";
import type { ProbeKind } from "../probes/reading.ts";
import type { Subject } from "../results/results.ts";

export type TargetLabels = { readonly probe: ProbeKind; readonly target: string };

/** What metrics keep of each target, or in lean detail of each sort of targets together. */
export interface PerTarget<Kept> extends Iterable<readonly [TargetLabels, Kept]> {
  /** Made when it is first asked for. */
  of(subject: Subject): Kept;
  /** What many targets share stays. */
  forget(subject: Subject): void;
}

export function keepPerTarget<Kept>(detail: Config["metricsDetail"], create: () => Kept): PerTarget<Kept> {
  const all = new Map<string, readonly [TargetLabels, Kept]>();
  const shown = ({ target, sort }: Subject) => (detail === "lean" ? sort : target);
  const keyOf = (subject: Subject) => `${subject.probe} ${shown(subject)}`;
  return {
    of(subject) {
      const known = all.get(keyOf(subject));
      if (known !== undefined) return known[1];
      const kept = create();
      all.set(keyOf(subject), [{ probe: subject.probe, target: shown(subject) }, kept]);
      return kept;
    },
    forget(subject) {
      if (shown(subject) === subject.target) all.delete(keyOf(subject));
    },
    [Symbol.iterator]: () => all.values(),
  };
}
