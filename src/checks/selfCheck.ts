import { isIPv6 } from "node:net";
import type { Edges } from "../edges.ts";
import { noGrace } from "../results/grace.ts";
import { selfType } from "../results/selfWatch.ts";
import type { Check } from "./checks.ts";
import type { HttpCheck } from "./httpCheck.ts";

/** The agent's check of itself over loopback, without the network: while it fails, what other checks say is discarded. */
export function selfCheck({ listenAddress = "127.0.0.1" }: Edges, httpCheck: HttpCheck): Check {
  const host = isIPv6(listenAddress) ? `[${listenAddress}]` : listenAddress;
  const subject = {
    type: selfType,
    probe: "http",
    target: selfType,
    sort: selfType,
    compatible: false,
  } as const;
  const url = new URL(`http://${host}:8080/alwayshappy`);
  return httpCheck({ subject, grace: noGrace }, { url, headers: {} });
}
