import type { KubernetesObject } from "../discovery/collection.ts";

/** Seconds, of which a Lease's are the API's default for its own controllers. */
export const leaseSeconds = {
  /** From when it was last seen to change, nobody but its holder may take it. */
  held: 15,
  /** From one renewal to the next. */
  renewal: 5,
  /** Its holder leads no longer than that after it sent its last renewal: whatever it began by then is over when the Lease is. */
  led: 12,
} as const;

/** What is kept of the Lease by which the agents know their leader. */
export interface Lease {
  /** Pod of the leader; empty when the last one let it go. */
  readonly holder: string;
  /** host:port of the holder's HTTP endpoints, where it said so. */
  readonly address?: string;
  /** How often the holder changed. */
  readonly transitions: number;
  readonly acquiredAt?: string;
  /** Of the object; counts up over all changes of the API. */
  readonly version: number;
}

export interface LeaseObject extends KubernetesObject {
  readonly metadata: KubernetesObject["metadata"] & {
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec?: {
    readonly holderIdentity?: string;
    readonly leaseDurationSeconds?: number;
    readonly acquireTime?: string;
    readonly renewTime?: string;
    readonly leaseTransitions?: number;
  };
}

interface WrittenLease extends LeaseObject {
  readonly apiVersion: string;
  readonly kind: string;
}

/** Who a candidate is. */
export interface Candidate {
  /** The name of its pod, which must be nobody else's. */
  readonly identity: string;
  /** host:port of its HTTP endpoints, where it is known. */
  readonly address?: string;
}

export const leaseName = "kubenurse";
const addressAnnotation = "kubenurse.io/address";

export function leaseOf({ metadata, spec = {} }: LeaseObject): Lease {
  const address = metadata.annotations?.[addressAnnotation];
  return {
    holder: spec.holderIdentity ?? "",
    ...(address === undefined ? {} : { address }),
    transitions: spec.leaseTransitions ?? 0,
    ...(spec.acquireTime === undefined ? {} : { acquiredAt: spec.acquireTime }),
    version: Number(metadata.resourceVersion),
  };
}

/** The Lease as its new or present holder writes it; `previous` is absent where there is none. `at` is in Unix seconds. */
export function claimOf(
  previous: Lease | undefined,
  { identity, address }: Candidate,
  at: number,
): WrittenLease {
  const now = microTime(at);
  const renews = previous?.holder === identity;
  const transitions = previous === undefined ? 0 : previous.transitions + (renews ? 0 : 1);
  return leaseObject(previous?.version, address, {
    holderIdentity: identity,
    leaseDurationSeconds: leaseSeconds.held,
    acquireTime: (renews ? previous.acquiredAt : undefined) ?? now,
    renewTime: now,
    leaseTransitions: transitions,
  });
}

/** The Lease as a leader writes it that lets it go: anybody may take it at once. */
export function releaseOf({ version, transitions }: Lease, at: number): WrittenLease {
  return leaseObject(version, undefined, {
    leaseDurationSeconds: 1,
    renewTime: microTime(at),
    leaseTransitions: transitions,
  });
}

function leaseObject(
  version: number | undefined,
  address: string | undefined,
  spec: NonNullable<LeaseObject["spec"]>,
): WrittenLease {
  const metadata = {
    name: leaseName,
    annotations: address === undefined ? {} : { [addressAnnotation]: address },
    ...(version === undefined ? {} : { resourceVersion: String(version) }),
  };
  return { apiVersion: "coordination.k8s.io/v1", kind: "Lease", metadata, spec };
}

/** The API's times of Leases have six digits after the point. */
function microTime(at: number): string {
  return new Date(at * 1000).toISOString().replace("Z", "000Z");
}
