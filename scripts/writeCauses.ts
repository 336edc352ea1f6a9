import { readFileSync, writeFileSync } from "node:fs";
import type { Aspect } from "../src/diagnosis/facts.ts";
import type { ComponentKind, Layer } from "../src/diagnosis/finding.ts";
import { type Signature, signatures } from "../src/diagnosis/signatures.ts";

const page = new URL("../docs/runbooks/KubenurseFinding.md", import.meta.url);
const section = /(<!-- causes: written by scripts\/writeCauses\.ts -->\n)[\s\S]*(<!-- end of causes -->)/;

/** The runbook with a section for each cause of the catalogue as it is now. */
export function withCauses(text: string): string {
  if (!section.test(text))
    throw new Error("docs/runbooks/KubenurseFinding.md has lost the markers of its causes");
  const sections = signatures.map(sectionOf).join("\n");
  return text.replace(section, (_all, start: string, end: string) => `${start}\n${sections}\n${end}`);
}

function sectionOf(signature: Signature): string {
  const { slug, says, components, checkNext } = signature;
  const signs = signsOf(signature);
  return [
    `### ${slug}`,
    "",
    `${capital(alternatives(components.map((kind) => componentWords[kind])))} ${says}.`,
    ...(signs.length > 0 ? ["", `Told by: ${signs.join("; ")}.`] : []),
    "",
    ...checkNext.map((step) => `- ${step}`),
    "",
  ].join("\n");
}

function signsOf(signature: Signature): string[] {
  const { layers, fails, succeeds, reasons, direction, silent, loss, slowLookups, latency } = signature;
  const aspects = (all: readonly Aspect[]) => all.map((aspect) => aspectWords[aspect]).join(", ");
  const only = layers?.filter((layer): layer is Exclude<Layer, "any"> => layer !== "any") ?? [];
  const signs: (string | false | undefined)[] = [
    only.length > 0 &&
      !layers?.includes("any") &&
      `only ${only.map((layer) => layerWords[layer]).join(" or ")} fails`,
    fails && `failing: ${aspects(fails)}`,
    succeeds && `succeeding, where tested: ${aspects(succeeds)}`,
    reasons && `mostly with ${reasons.map((reason) => `\`${reason}\``).join(", ")}`,
    direction && direction !== "unknown" && directionWords[direction],
    silent !== undefined && (silent ? "its own agent is silent" : "its own agent still reports"),
    loss?.from !== undefined && `at least ${loss.from * 100} % are lost`,
    loss?.to !== undefined && `at most ${loss.to * 100} % are lost`,
    slowLookups && "lookups that take multiples of 5 s",
    latency && "response times far above the target's own past, without failures",
  ];
  return signs.filter((sign) => typeof sign === "string");
}

/** As the beginning of what a signature says. */
const componentWords: Readonly<Record<ComponentKind, string>> = {
  node: "a node",
  in: "a node",
  out: "a node",
  zones: "the way between two zones",
  pair: "the way between two nodes",
  overlay: "a node",
  proxy: "a node",
  dns: "a DNS pod",
  cluster_dns: "the cluster's DNS",
  external_dns: "DNS for external names",
  nodelocaldns: "a node",
  ingress: "the ingress",
  apiserver: "an API server",
  endpoint: "an endpoint or a target",
  agent: "a node",
};

const layerWords: Readonly<Record<Exclude<Layer, "any">, string>> = {
  pod: "what goes to pods",
  large: "what is large",
  udp: "UDP",
  dns_udp: "DNS over UDP",
  dns_tcp: "DNS over TCP",
  kept_port: "UDP from a port that is kept",
};

const aspectWords: Readonly<Record<Aspect, string>> = {
  agent: "the agent's pod",
  node_address: "the node's own address",
  datagrams: "datagrams",
  large: "large messages",
  dns_pod_udp: "DNS pods over UDP",
  dns_pod_tcp: "DNS pods over TCP",
  dns_service: "DNS by its Service",
  dns_kept_port: "DNS from a port that is kept",
  lookup: "the resolver's lookups",
  external_name: "external names",
  service: "the agents' Service",
  service_kept: "a kept connection to the Service",
  api_endpoint: "API servers by their addresses",
  api_service: "the API server by its Service",
  other: "other checks",
};

const directionWords = {
  out: "packets are lost on their way out",
  in: "packets are lost on their way in",
  both: "packets are lost both ways",
} as const;

function alternatives(words: readonly string[]): string {
  const all = [...new Set(words)];
  const last = all.pop() ?? "";
  return all.length === 0 ? last : `${all.join(", ")} or ${last}`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

if (import.meta.main) writeFileSync(page, withCauses(readFileSync(page, "utf8")));
