import { expect, test } from "vitest";
import type { ServiceEndpoint, ServiceView } from "../discovery/service.ts";
import { dnsServers } from "./dnsServers.ts";

const unknown: ServiceView = { state: "unknown" };
const pod = (podName: string, replaced: Partial<ServiceEndpoint> = {}): ServiceEndpoint => ({
  ...{ podName, address: "10.1.0.1", port: 5353, nodeName: "a", state: "ready" },
  ...replaced,
});
const namesOf = (...given: Parameters<typeof dnsServers>) => dnsServers(...given).map(({ name }) => name);

test("before the Service is known there are the resolvers, each once and by its number", () => {
  expect(dnsServers(["10.96.0.10", "10.96.0.10", "192.0.2.1"], unknown, "nurse-a")).toEqual([
    { name: "dns_resolver_1", sort: "dns_resolver", at: { address: "10.96.0.10", port: 53 } },
    { name: "dns_resolver_3", sort: "dns_resolver", at: { address: "192.0.2.1", port: 53 } },
  ]);
});

test("the Service takes the place of the resolver that has its address", () => {
  const view: ServiceView = { state: "known", clusterIP: "10.96.0.10", endpoints: [] };
  expect(namesOf(["169.254.20.10", "10.96.0.10"], view, "nurse-a")).toEqual([
    "dns_resolver_1",
    "dns_service",
  ]);
});

test("pods are asked when they are ready, at the port that the Service leads to", () => {
  const endpoints = [
    pod("dns-1"),
    pod("dns-2", { state: "leaving" }),
    pod("dns-3", { state: "unready" }),
    // A label needs a name, and no address is one.
    pod(""),
  ];
  expect(dnsServers([], { state: "known", endpoints }, "nurse-a")).toEqual([
    { name: "dns_pod_dns-1", sort: "dns_pod", at: { address: "10.1.0.1", port: 5353 }, node: "a" },
  ]);
});

test("of 40 pods each agent asks ten, always the same, and 200 agents leave none out", () => {
  const endpoints = Array.from({ length: 40 }, (_, n) => pod(`dns-${n}`));
  const counts = new Map<string, number>();
  for (let agent = 0; agent < 200; agent++) {
    const names = namesOf([], { state: "known", endpoints }, `nurse-${agent}`);
    expect(names).toHaveLength(10);
    expect(namesOf([], { state: "known", endpoints: endpoints.toReversed() }, `nurse-${agent}`)).toEqual(
      names,
    );
    for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  expect(counts.size).toBe(40);
  // 50 on average; the spread of a fair choice is about 6.
  expect(Math.min(...counts.values())).toBeGreaterThan(25);
  expect(Math.max(...counts.values())).toBeLessThan(80);
});

test("when a pod leaves, an agent goes on asking the other nine", () => {
  const endpoints = Array.from({ length: 40 }, (_, n) => pod(`dns-${n}`));
  const before = namesOf([], { state: "known", endpoints }, "nurse-a");
  const stayed = endpoints.filter(({ podName }) => `dns_pod_${podName}` !== before[4]);
  const after = namesOf([], { state: "known", endpoints: stayed }, "nurse-a");
  expect(after.filter((name) => before.includes(name))).toEqual(before.toSpliced(4, 1));
});
