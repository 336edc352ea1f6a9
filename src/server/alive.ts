import type { IncomingMessage } from "node:http";
import type { Peer, PeerView } from "../discovery/peer.ts";
import type { CheckType, Latest } from "../results/results.ts";
import type { AliveAnswer, LastCheckResult, NeighbourAnswer } from "./answers.ts";
import { shownHeaders } from "./shownHeaders.ts";
import { unmappedAddress } from "./unmappedAddress.ts";

declare global {
  interface JSON {
    /** In Node.js since 21; TypeScript's library does not know it yet. */
    rawJSON(text: string): unknown;
  }
}

/** What `/alive` tells of. */
export interface AliveSources {
  readonly hostname: string;
  readonly latest: () => ReadonlyMap<CheckType, Latest>;
  readonly view: () => PeerView;
  /** Whether neighbours are checked. */
  readonly neighbourhood: boolean;
  readonly nodeHash: (nodeName: string) => bigint;
}

/** The answer to one request for `/alive`. */
export function aliveAnswer(request: IncomingMessage, sources: AliveSources): AliveAnswer {
  return {
    hostname: sources.hostname,
    headers: shownHeaders(request.rawHeaders),
    user_agent: request.headers["user-agent"] ?? "",
    request_uri: request.url ?? "",
    remote_addr: remoteAddress(request.socket),
    last_check_result: lastCheckResult(sources),
  };
}

/** An IPv4 peer of a dual-stack listener is shown as IPv4. */
export function remoteAddress({
  remoteAddress = "",
  remotePort = 0,
}: Pick<IncomingMessage["socket"], "remoteAddress" | "remotePort">): string {
  const host = unmappedAddress(remoteAddress);
  return host.includes(":") ? `[${host}]:${remotePort}` : `${host}:${remotePort}`;
}

/** Every check and the neighbourhood, as the latest run left them. */
export function lastCheckResult(sources: AliveSources): LastCheckResult {
  const checks = [...sources.latest()].map(([type, latest]) => [type, shownState(latest)] as const);
  const entries = [...checks, ...neighbourhoodEntries(sources)];
  return Object.fromEntries(entries.sort(([a], [b]) => compare(a, b)));
}

function shownState(latest: Latest): string {
  switch (latest.state) {
    case "failed":
      return latest.detail;
    case "unable":
      return "error";
    case "discarded":
      return `no verdict: ${latest.why}`;
    default:
      return latest.state;
  }
}

function neighbourhoodEntries(sources: AliveSources): (readonly [string, string | NeighbourAnswer[]])[] {
  if (!sources.neighbourhood) return [["neighbourhood_state", "skipped"]];
  const view = sources.view();
  if (view.state === "unknown") {
    return [["neighbourhood_state", `list pods: ${view.error ?? "no answer yet"}`]];
  }
  return [
    [
      "neighbourhood_state",
      view.state === "fresh" ? "ok" : `stale since ${rfc3339(view.since)}: ${view.error}`,
    ],
    ["neighbourhood", shownNeighbours(view.peers, sources.nodeHash)],
  ];
}

function shownNeighbours(peers: readonly Peer[], nodeHash: (nodeName: string) => bigint): NeighbourAnswer[] {
  return peers
    .toSorted((a, b) => compare(a.nodeName, b.nodeName))
    .map(({ podName, podIP, hostIP, nodeName }) => ({
      PodName: podName,
      PodIP: podIP,
      HostIP: hostIP,
      NodeName: nodeName,
      NodeHash: JSON.rawJSON(String(nodeHash(nodeName))),
    }));
}

function rfc3339(unixSeconds: number): string {
  return new Date(unixSeconds * 1000).toISOString().replace(/\.\d+Z$/, "Z");
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
