import { isIP } from "node:net";

/** The header by which an agent's answers say whose they are. */
export const agentHeader = "kubenurse-agent";

/** Which agent answered. */
export interface AgentIdentity {
  readonly pod: string;
  /** Absent where the agent does not know it. */
  readonly node?: string | undefined;
  /** The node's address, by which the other side of the pod network can be tested. */
  readonly nodeAddress?: string | undefined;
}

/** The header's text, `pod=…; node=…; node-address=…`; what could not be read back is left out. */
export function writeAgentHeader({ pod, node, nodeAddress }: AgentIdentity): string {
  const parts = { pod: nameIn(pod), node: nameIn(node), "node-address": addressIn(nodeAddress) };
  return Object.entries(parts)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}=${value}`)
    .join("; ");
}

/** Reads what anybody may have sent: absent without a pod's name; a part that is no name or address is absent. */
export function readAgentHeader(sent: string | readonly string[] | undefined): AgentIdentity | undefined {
  const parts = new Map(String(sent).split(";").map(keyAndValue));
  const pod = nameIn(parts.get("pod"));
  if (pod === undefined) return undefined;
  return { pod, node: nameIn(parts.get("node")), nodeAddress: addressIn(parts.get("node-address")) };
}

function keyAndValue(part: string): [string, string] {
  const [key = "", ...value] = part.trim().split("=");
  return [key, value.join("=")];
}

/** As long as a DNS name may be (RFC 1035, section 2.3.4); hosts outside a cluster also have underscores in theirs. */
function nameIn(text: string | undefined): string | undefined {
  return text !== undefined && /^[a-z0-9][\w.-]{0,252}$/i.test(text) ? text : undefined;
}

/** An address with a zone means something else on every host. */
function addressIn(text: string | undefined): string | undefined {
  return text !== undefined && isIP(text) !== 0 && !text.includes("%") ? text : undefined;
}
