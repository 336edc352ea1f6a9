import type { Discovery } from "./discovery.ts";

/** A discovery that others can ask before it has started, when nobody is listed. */
export function deferredDiscovery(started: () => Discovery | undefined): Discovery {
  return {
    view: () => started()?.view() ?? { state: "unknown" },
    ownNode: () => started()?.ownNode() ?? { schedulable: true },
    isAgent: (address) => started()?.isAgent(address) ?? true,
    isAgentNode: (node) => started()?.isAgentNode(node) ?? true,
    areAgentsKnown: () => started()?.areAgentsKnown() ?? false,
  };
}
