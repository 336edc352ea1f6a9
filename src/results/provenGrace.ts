import { departureGrace } from "./departureGrace.ts";
import type { StartGrace } from "./grace.ts";

/** Whether any target of one sort of checks ever answered. */
export interface Proof {
  proven: boolean;
}

/** For each sort of checks of an agent one, which its checks share. */
export function createProof(): Proof {
  return { proven: false };
}

/**
 * As `departureGrace`; and a failure is discarded as `unproven` as long as no target of the sort ever answered, since a firewall is likelier
 * than a fault everywhere, and where a target that never answered refuses, since an older kubenurse lacks the other side.
 */
export function provenGrace(proof: Proof): StartGrace {
  return (clock, verdict) => {
    const departure = departureGrace(clock, verdict);
    let answered = false;
    return {
      failed(outcome) {
        const lacking = !answered && outcome.reason === "connect_refused";
        if (!proof.proven || lacking) verdict.discard("unproven");
        else departure.failed(outcome);
      },
      answered() {
        answered = true;
        proof.proven = true;
      },
      end: departure.end,
    };
  };
}
