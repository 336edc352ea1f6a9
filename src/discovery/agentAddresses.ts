import type { Clock } from "../edges.ts";
import type { Candidate } from "./candidate.ts";

/** What an agent sent before it left may arrive, and be answered, a while later. */
const keptSeconds = 120;

/** All agents' addresses and nodes, whatever the state of an agent or its node: those of a cordoned node go on checking others. */
export interface AgentAddresses {
  learn(agents: readonly Candidate[]): void;
  /** Before the first list everybody counts as an agent. */
  isKnown(address: string): boolean;
  /** Whether an agent is on a node, as `isKnown`. */
  isOn(node: string): boolean;
  /** Whether there was a list yet. */
  areKnown(): boolean;
}

export function createAgentAddresses(clock: Clock): AgentAddresses {
  /** When each address and node was last seen to be an agent's; those of the latest list have no end. */
  const seen = new Map<string, number>();
  let learnt = false;
  const isKnown = (name: string) => !learnt || (seen.get(name) ?? Number.NEGATIVE_INFINITY) >= clock.now();
  return {
    learn(agents) {
      const now = clock.now();
      for (const [name, until] of seen) {
        if (until === Number.POSITIVE_INFINITY) seen.set(name, now + keptSeconds);
        else if (until < now) seen.delete(name);
      }
      for (const { ip, hostIP, nodeName } of agents) {
        const names = [ip, hostIP, nodeName && nodeKey(nodeName)];
        for (const name of names) if (name !== "") seen.set(name, Number.POSITIVE_INFINITY);
      }
      learnt = true;
    },
    isKnown,
    isOn: (node) => isKnown(nodeKey(node)),
    areKnown: () => learnt,
  };
}

/** No address looks like that. */
function nodeKey(nodeName: string): string {
  return `node ${nodeName}`;
}
