import { describe, expect, it } from "vitest";
import { causeOf } from "./cause.ts";
import type { Aspect, AspectState, Facts } from "./facts.ts";
import type { Component, Layer } from "./finding.ts";
import { signatures } from "./signatures.ts";

type Told = Partial<Omit<Facts, "aspects" | "reasons">> & {
  readonly aspects?: Partial<Record<Aspect, AspectState>>;
  readonly reasons?: Partial<Record<string, number>>;
};

function facts({ aspects = {}, reasons = {}, ...rest }: Told): Facts {
  return {
    ...{ direction: "unknown", slowLookups: 0, silent: false, loss: 1, ...rest },
    aspects: new Map(Object.entries(aspects) as [Aspect, AspectState][]),
    reasons: new Map(Object.entries(reasons)) as Facts["reasons"],
  };
}

const node: Component = { kind: "node", node: "a" };
const overlay: Component = { kind: "overlay", node: "a" };
const proxy: Component = { kind: "proxy", node: "a" };
const zones: Component = { kind: "zones", from: "a", to: "b" };
const timeouts = { reasons: { connect_timeout: 1 } };

describe("the cause of a finding", () => {
  it.each<[string, Component, Layer, Told]>([
    [
      "node_down",
      node,
      "any",
      { silent: true, aspects: { agent: "fails", node_address: "fails" }, ...timeouts },
    ],
    [
      "agent_down",
      overlay,
      "pod",
      { silent: true, aspects: { node_address: "succeeds" }, reasons: { connect_refused: 1 } },
    ],
    [
      "overlay_broken",
      overlay,
      "pod",
      { silent: true, aspects: { agent: "fails", node_address: "succeeds" }, ...timeouts },
    ],
    ["packet_loss_out", node, "any", { loss: 0.2, direction: "out" }],
    ["packet_loss_in", node, "any", { loss: 0.2, direction: "in" }],
    ["packet_loss", node, "any", { loss: 0.2, direction: "both" }],
    [
      "mtu_black_hole_out",
      node,
      "large",
      { direction: "out", aspects: { agent: "succeeds", large: "fails" } },
    ],
    [
      "conntrack_full",
      node,
      "any",
      {
        loss: 0.4,
        aspects: { agent: "partly", dns_service: "partly", service_kept: "succeeds" },
        reasons: { resent: 0.7, connect_timeout: 0.3 },
      },
    ],
    ["udp_blocked", node, "udp", { aspects: { agent: "succeeds", datagrams: "fails" } }],
    [
      "stale_service_rules",
      proxy,
      "any",
      { loss: 0.4, aspects: { service: "partly", agent: "succeeds" }, ...timeouts },
    ],
    [
      "stale_udp_conntrack",
      proxy,
      "kept_port",
      { aspects: { dns_service: "succeeds", dns_kept_port: "fails" } },
    ],
    ["snat_port_race", proxy, "any", { loss: 0.03, aspects: { agent: "succeeds" }, reasons: { resent: 1 } }],
    ["zone_link_down", zones, "any", { loss: 0.999, ...timeouts }],
    ["dns_pod_dead", { kind: "dns", pod: "c" }, "any", { aspects: { dns_pod_udp: "fails" } }],
    ["dns_over_tcp_blocked", { kind: "cluster_dns" }, "dns_tcp", { aspects: { dns_pod_tcp: "fails" } }],
    ["dns_5s_race", { kind: "nodelocaldns", node: "a" }, "any", { slowLookups: 3, loss: 0.2 }],
    ["ingress_backend_failing", { kind: "ingress" }, "any", { reasons: { http_status: 1 } }],
    ["agent_unfit", { kind: "agent", node: "a" }, "any", {}],
  ])("is %s", (slug, component, layer, told) => {
    const { best, others } = causeOf({ component, layer }, facts(told));
    expect([best.slug, ...others.map((other) => other.slug)]).toEqual([slug]);
  });

  it("names both where two fit equally well", () => {
    const told = facts({ loss: 0.7, reasons: { connect_timeout: 1 } });
    const { best, others } = causeOf({ component: { kind: "in", node: "a" }, layer: "any" }, told);
    const slugs = [best.slug, ...others.map(({ slug }) => slug)];
    expect(slugs).toEqual(["unreachable_from_others", "accept_queue_full"]);
  });

  it("is unknown where none fits, and says what to do", () => {
    const { best } = causeOf(
      { component: { kind: "nodelocaldns", node: "a" }, layer: "kept_port" },
      facts({}),
    );
    expect(best.slug).toBe("unknown");
    expect(best.checkNext).not.toEqual([]);
  });
});

describe("the catalogue", () => {
  it("has each slug once, in words that can be a label and a link", () => {
    const slugs = signatures.map(({ slug }) => slug);
    expect(new Set(slugs).size).toBe(slugs.length);
    expect(slugs.filter((slug) => !/^[a-z][a-z0-9_]+$/.test(slug))).toEqual([]);
  });

  it.each(signatures.map((signature) => [signature.slug, signature] as const))(
    "says what to check next for %s",
    (_slug, one) => {
      expect(one.components.length).toBeGreaterThan(0);
      expect(one.checkNext.length).toBeGreaterThan(0);
    },
  );
});
