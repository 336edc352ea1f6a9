import { slowLink, stoppedComponent } from "../disturbances.ts";
import { dropForwarded } from "../dropRule.ts";
import { nodeOf } from "../pods.ts";
import { type Fault as ReadFault, faults as readFaults } from "../readings/faults.ts";

/** What is done to the cluster. */
export type Fault = Pick<ReadFault, "name" | "what" | "needs" | "seconds" | "inject">;

/** The faults of the readings, and some of which only the findings are of interest. */
export const faults: readonly Fault[] = [
  ...readFaults,
  {
    name: "dns-udp",
    what: "the second node drops DNS over UDP",
    seconds: 60,
    inject: ({ second }) => dropForwarded(nodeOf(second), "-p", "udp", "--dport", "53"),
  },
  {
    name: "slow-link",
    what: "the second node's link has 1 Mbit/s and a queue of 50 ms",
    seconds: 120,
    inject: ({ second }) => slowLink(nodeOf(second)),
  },
  {
    name: "kubelet",
    what: "the second node's kubelet is stopped",
    needs: "component",
    seconds: 120,
    inject: ({ second }) => stoppedComponent("kubelet", nodeOf(second)),
  },
];
