import { departureGrace } from "./departureGrace.ts";
import type { StartGrace } from "./grace.ts";

/** The news of a new agent may take so long to reach the others, who do not answer its datagrams before. */
const newSeconds = 15;

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
 * than a fault everywhere, and where a target that never answered refuses, since an older kubenurse lacks the other side. One that did not answer yet
 * is given 15 s from the check's begin, and what failed by then is discarded as `starting`.
 */
export function provenGrace(proof: Proof): StartGrace {
  return (clock, verdict) => {
    const departure = departureGrace(clock, verdict);
    const begun = clock.now();
    let answered = false;
    return {
      failed(outcome) {
        const lacking = !answered && outcome.reason === "connect_refused";
        if (!proof.proven || lacking) verdict.discard("unproven");
        else if (!answered && clock.now() - begun < newSeconds) verdict.discard("starting");
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
