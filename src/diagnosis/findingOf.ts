import { createHash } from "node:crypto";
import type { Cause } from "./cause.ts";
import type { Culprit } from "./culprits.ts";
import { type Component, componentName, type Evidence, type Finding } from "./finding.ts";

/** What a finding says of its culprit. */
export interface Plea {
  readonly cause: Cause;
  readonly evidence: Evidence;
  /** Of who could tell: other agents, or what a node's own agent tested where nobody else can. */
  readonly witnesses: "enough" | "few" | "too-few";
}

/** Puts a finding into words and numbers. Times are Unix seconds. */
export function findingOf(
  culprit: Culprit,
  { cause, evidence, witnesses }: Plea,
  id: string,
  openedAt: number,
  lastSeenAt: number,
): Finding {
  const { component, layer, tied } = culprit;
  return {
    ...{ id, component, layer, openedAt, lastSeenAt, evidence },
    cause: cause.best.slug,
    otherCauses: cause.others.map(({ slug }) => slug),
    otherComponents: tied,
    confidence: confidenceOf(evidence, tied.filter((other) => !isWayBack(component, other)).length),
    fewReporters: witnesses === "few",
    summary: summaryOf(culprit, cause, evidence),
    checkNext: cause.best.checkNext,
  };
}

/** By how many agents saw it, how clearly, and how many other components explain it as well. */
function confidenceOf({ reporterCount, score }: Evidence, tied: number): number {
  const clarity = 1 - Math.exp(-Math.max(0.1, score) / 10);
  return ((1 - 1 / (1 + reporterCount)) * clarity) / (1 + tied);
}

function summaryOf({ component, tied }: Culprit, { best }: Cause, evidence: Evidence): string {
  const { bad, probes, reporterCount } = evidence;
  const agents = reporterCount === 1 ? "one agent" : `${reporterCount} agents`;
  const or = tied
    .map((other) => (isWayBack(component, other) ? " or the way back" : `, or ${describe(other)}`))
    .join("");
  const what = best.latency ? "tests are slower than they were" : "probes failed";
  return `${describe(component)}${or} ${best.says}: ${bad} of ${probes} ${what}, seen by ${agents}.`;
}

const titles: Readonly<Record<Component["kind"], string>> = {
  node: "Node",
  in: "Node",
  out: "Node",
  zones: "The way between zones",
  pair: "The way",
  overlay: "The pod network of node",
  proxy: "The Service dataplane of node",
  dns: "DNS pod",
  cluster_dns: "The cluster's DNS",
  external_dns: "DNS for names outside the cluster",
  nodelocaldns: "Node",
  ingress: "The ingress",
  apiserver: "API server",
  endpoint: "Endpoint",
  agent: "Node",
};

function describe(component: Component): string {
  const title = titles[component.kind];
  const isAlone = Object.keys(component).length === 1;
  return isAlone ? title : `${title} ${componentName(component)}`;
}

/** Both ways of a pair are one suspect: what is lost on one breaks connections of both. */
function isWayBack(one: Component, other: Component): boolean {
  return one.kind === "pair" && other.kind === "pair" && one.from === other.to && one.to === other.from;
}

/** Tells one outage of a component from the next. */
export function idOf(key: string, { cause }: Plea, openedAt: number): string {
  return createHash("sha256").update(`${key} ${cause.best.slug} ${openedAt}`).digest("hex").slice(0, 10);
}
