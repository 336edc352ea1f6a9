import { isIPv6 } from "node:net";
import type { Config } from "../config/config.ts";
import type { Peer } from "../discovery/peer.ts";

/** A peer's endpoint, over HTTPS where the agents have it. */
export function agentUrl({ podIP }: Peer, path: string, { tls }: Pick<Config, "tls">): URL {
  const host = isIPv6(podIP) ? `[${podIP}]` : podIP;
  return new URL(path, tls === undefined ? `http://${host}:8080` : `https://${host}:8443`);
}
