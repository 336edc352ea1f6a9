import { createHash } from "node:crypto";
import type { Component, Finding } from "./finding.ts";

/** An Event by its name, so that a leader that does not know what the last one told writes it no second time. */
export interface Occurrence {
  readonly finding: Finding;
  readonly node: string;
  readonly what: "closed" | `hour-${number}`;
}

/** The API server keeps Events for an hour. */
const repeatSeconds = 3600;
/** What closed before may have been told by another leader, and its Event be gone since. */
const lateSeconds = 600;
/** Of the longest that an Event may be. */
const messageBytes = 1024;

/** What is to be told of findings by now, `now` in Unix seconds. */
export function occurrencesOf(findings: readonly Finding[], now: number): Occurrence[] {
  return findings.flatMap((finding) => {
    if (finding.closed !== undefined && now - finding.closed.at > lateSeconds) return [];
    const hours = Math.max(0, Math.floor((now - finding.openedAt) / repeatSeconds));
    const what = finding.closed === undefined ? (`hour-${hours}` as const) : "closed";
    return nodesOf(finding.component).map((node) => ({ finding, node, what }));
  });
}

/** The nodes that a finding names; a DNS pod, the ingress and the like are on none. */
function nodesOf(component: Component): readonly string[] {
  if (component.kind === "pair") return [component.from, component.to];
  return "node" in component ? [component.node] : [];
}

/** Names what is told of one finding on one node. */
export const keyOf = ({ finding, node }: Occurrence) => `${finding.id} ${node}`;

/** `at` is in Unix seconds. */
export function eventOf(occurrence: Occurrence, at: number, host: string): object {
  const { node, what } = occurrence;
  const closed = what === "closed";
  const time = new Date(at * 1000).toISOString().replace(/\.\d+/, "");
  const digest = createHash("sha256")
    .update(`${keyOf(occurrence)} ${what}`)
    .digest("hex")
    .slice(0, 16);
  return {
    ...{ apiVersion: "v1", kind: "Event" },
    metadata: { name: `${node.slice(0, 230)}.${digest}`, namespace: "default" },
    // As the kubelet does, by whose Events `kubectl describe node` goes.
    involvedObject: { apiVersion: "v1", kind: "Node", name: node, uid: node },
    type: closed ? "Normal" : "Warning",
    reason: closed ? "KubenurseFindingClosed" : "KubenurseFinding",
    message: messageOf(occurrence),
    ...{ firstTimestamp: time, lastTimestamp: time, count: 1 },
    source: { component: "kubenurse", host },
    reportingComponent: "kubenurse",
    reportingInstance: host,
  };
}

function messageOf({ finding: { cause, summary, closed, checkNext, id } }: Occurrence): string {
  const end = closed === undefined ? `Check next: ${checkNext.join("; ")}.` : `Closed: ${closed.why}.`;
  const text = `${summary} Cause: ${cause}. Finding ${id}. ${end}`;
  // Cut between characters: a half one at the end is left out.
  return new TextDecoder().decode(Buffer.from(text).subarray(0, messageBytes), { stream: true });
}
