/** An endpoint that a Service should lead to. */
export interface ExpectedEndpoint {
  readonly pod: string;
  /** Whether it is in the own zone, or zones are not known. */
  readonly near: boolean;
}

/** Knows how likely it is that a Service's address leads to each of its endpoints. */
export interface Reach {
  /**
   * Notes a connection that the pod `answeredBy` answered; absent where it is not known. Returns the pods that should
   * have been reached by now if the Service led to them.
   */
  note(answeredBy: string | undefined, expected: readonly ExpectedEndpoint[]): readonly string[];
  /** Notes an answer without a name, which may be that of any endpoint that never said its own: an older agent. */
  noteNameless(): void;
}

interface Entry {
  /** −ln of how likely it is that an endpoint that the Service leads to was left out for so long. */
  doubt: number;
  reached: boolean;
  /** Reached again after another one, so that no session affinity holds the agent to one endpoint. */
  returned: boolean;
}

/** With this many it takes 41 minutes at one connection in 2.5 s. */
const mostEndpoints = 50;
/**
 * An endpoint is unreached when what left it out has a probability below e^-16 / E. Of E endpoints chosen at random, each
 * connection leaves one out with 1 - 1/E, so it takes (ln E + 16) / -ln(1 - 1/E), a little less than E (ln E + 16),
 * connections (the coupon collector's problem). At one in 2.5 s a whole fleet makes one false claim in eight months.
 */
const usualCertainty = 16;

export function createReach(certainty = usualCertainty): Reach {
  const entries = new Map<string, Entry>();
  let last: string | undefined;
  return {
    note(answeredBy, expected) {
      const judged = expected.length > mostEndpoints ? [] : expected;
      follow(entries, judged);
      const reached = answeredBy === undefined ? undefined : entries.get(answeredBy);
      // A pod that is not expected tells nothing of those that are, since our view may be late.
      if (reached !== undefined) {
        for (const entry of entries.values()) entry.doubt -= Math.log1p(-1 / entries.size);
        const returned = reached.returned || (reached.reached && last !== answeredBy);
        Object.assign(reached, { doubt: 0, reached: true, returned });
        last = answeredBy;
      }
      return judged.filter((one) => isUnreached(one, judged, entries, certainty)).map(({ pod }) => pod);
    },
    noteNameless() {
      for (const entry of entries.values()) if (!entry.reached) entry.doubt = 0;
    },
  };
}

/** One that becomes expected is given its time from then on. */
function follow(entries: Map<string, Entry>, expected: readonly ExpectedEndpoint[]): void {
  const pods = new Set(expected.map(({ pod }) => pod));
  for (const pod of entries.keys()) if (!pods.has(pod)) entries.delete(pod);
  for (const pod of pods) {
    if (!entries.has(pod)) entries.set(pod, { doubt: 0, reached: false, returned: false });
  }
}

/**
 * There must be a witness that the Service could lead to it: another endpoint that is reached now and then, and not a near one
 * for a far one, since routing by topology leads to no far one.
 */
function isUnreached(
  { pod, near }: ExpectedEndpoint,
  expected: readonly ExpectedEndpoint[],
  entries: ReadonlyMap<string, Entry>,
  certainty: number,
): boolean {
  const isWitness = (other: ExpectedEndpoint) => {
    const entry = entries.get(other.pod);
    return entry?.returned === true && entry.doubt <= certainty / 2 && (near || !other.near);
  };
  return (entries.get(pod)?.doubt ?? 0) > Math.log(expected.length) + certainty && expected.some(isWitness);
}
