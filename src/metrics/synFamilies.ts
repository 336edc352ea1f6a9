import type { Edges } from "../edges.ts";
import { readLinearTimeouts, readSynRetransmits, synRetransmitsOf } from "../probes/synRetransmits.ts";
import { catalogue } from "./catalogue.ts";
import type { ResultFamilies } from "./resultFamilies.ts";

/** SYNs sent again, as connect times tell and as the kernel counts them. */
export function createSynFamilies({ proc }: Pick<Edges, "proc">): ResultFamilies {
  const linearTimeouts = readLinearTimeouts(proc);
  const atStart = readSynRetransmits(proc);
  let inferred = 0;
  return {
    counted(_subject, outcome) {
      inferred += synRetransmitsOf(outcome, linearTimeouts);
    },
    samples() {
      const now = readSynRetransmits(proc);
      const counted = now === undefined || atStart === undefined ? [] : [now - atStart];
      return [
        { name: catalogue.synRetransmitsInferred.name, labels: {}, value: inferred },
        ...counted.map((value) => ({ name: catalogue.synRetransmitsKernel.name, labels: {}, value })),
      ];
    },
  };
}
