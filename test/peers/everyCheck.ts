import type { MeshState } from "../../src/checks/mesh.ts";
import type { DiagnosisState } from "../../src/metrics/findingFamilies.ts";
import type { Phases } from "../../src/probes/probe.ts";
import type { ProbeKind, Reading } from "../../src/probes/reading.ts";
import { probes } from "../../src/probes/registry.ts";
import { noGrace } from "../../src/results/grace.ts";
import type { Subject } from "../../src/results/results.ts";
import type { Results } from "../../src/results/store.ts";
import { httpSubject } from "./subject.ts";

/** An agent with every probe on and 10 neighbours, all of them well: each check begins and is ok once. */
export function runEveryCheck(results: Results): void {
  for (const { subject, phases } of everyCheck()) {
    results.begin(subject, noGrace);
    results.record(subject.type, { state: "ok", phases, reading: readings(phases)[subject.probe] });
  }
}

const throughAddress: Phases = { connect: 1, processing: 1 };
const throughTls: Phases = { connect: 1, tls: 1, processing: 1 };

const noRetry = { ok: 0, failed: 0 };
/** What such an agent's mesh says of itself. */
export const wholeMesh: MeshState = {
  neighbours: 10,
  coverage: { ratio: 1, oldestSeconds: 60 },
  retries: { new_port: noRetry, node_address: noRetry, third_party: noRetry, reverse: noRetry },
};

/** What it says of the diagnosis when it leads and has found something. */
export const leading: DiagnosisState = {
  leads: true,
  analysis: {
    ...{ ageSeconds: 4, durationSeconds: 0.01, reporters: 11, opened: 1 },
    findings: [{ component: "node", name: "node-3", cause: "node_down", confidence: 0.97 }],
  },
  received: { accepted: 11 },
};

function everyCheck(): { subject: Subject; phases: Phases }[] {
  const of = (probe: ProbeKind, type: string, sort = type, target = type, compatible = false) => ({
    subject: { type, probe, target, sort, compatible },
    phases: Object.fromEntries(probes[probe].phases.map((phase) => [phase, 1])),
  });
  const neighbours = Array.from({ length: 10 }, (_, n) => `node-${n}`);
  return [
    { subject: httpSubject("api_server_direct"), phases: throughTls },
    { subject: httpSubject("api_server_dns"), phases: { resolve: 1, ...throughTls } },
    { subject: httpSubject("me_ingress"), phases: { resolve: 1, ...throughTls } },
    { subject: httpSubject("me_service"), phases: { resolve: 1, ...throughAddress } },
    ...neighbours.map((node) => ({ subject: httpSubject(`path_${node}`), phases: throughAddress })),
    ...neighbours.flatMap((node) =>
      (["udp", "payload", "tcp"] as const).map((probe) => of(probe, `${probe}_${node}`, "neighbours", node)),
    ),
    ...["udp", "tcp"].flatMap((by) => [
      of("dns", `dns_resolver_1_${by}`, `dns_resolver_${by}`),
      of("dns", `dns_service_${by}`),
      ...["coredns-1", "coredns-2"].map((pod) => of("dns", `dns_pod_${pod}_${by}`, `dns_pod_${by}`)),
    ]),
    ...["dns_service_kept_port", "dns_external_udp"].map((type) => of("dns", type)),
    ...["internal", "internal_absolute", "external"].map((name) => of("lookup", `lookup_${name}`)),
    { ...of("http", "api_server_endpoint_1", "api_server_endpoint"), phases: throughTls },
    { ...of("http", "api_server_kept"), phases: throughTls },
    ...["me_service_kept", "mesh_rotation", "me_loopback"].map((type) => ({
      ...of("http", type),
      phases: throughAddress,
    })),
    of("service", "me_service_address"),
  ];
}

function readings(phases: Phases): { readonly [kind in ProbeKind]: Reading } {
  return {
    http: {
      ...{ kind: "http", roundTrips: [{ code: 200, phases }] },
      ...(phases.tls === undefined ? {} : { certificateEnds: [2e9, 3e9] }),
    },
    tcp: { kind: "tcp" },
    dns: { kind: "dns", rcode: "NOERROR", bytes: 100, truncated: false },
    lookup: { kind: "lookup" },
    udp: {
      ...{ kind: "udp", sent: 10, returned: 10, lost: { forward: 0, reverse: 0 } },
      ...{ duplicates: 0, reordered: 0, jitterSeconds: 0.001 },
    },
    payload: { kind: "payload" },
    service: { kind: "service", expected: 10, unreached: [] },
  };
}
