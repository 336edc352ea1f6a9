import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { answerTo, startDnsPeer, startDnsTcpPeer, withLength } from "../../test/peers/dnsPeer.ts";
import { testEdges } from "../../test/peers/edges.ts";
import { loadConfig } from "../config/loadConfig.ts";
import type { ServiceView } from "../discovery/service.ts";
import type { Edges } from "../edges.ts";
import { openDatagrams } from "../realDatagrams.ts";
import { departureGrace } from "../results/departureGrace.ts";
import { noGrace } from "../results/grace.ts";
import type { Check } from "./checks.ts";
import { createDnsChecks } from "./dnsChecks.ts";

const clusterIP = "127.0.0.53";
const pods = { "dns-1": "127.0.0.54", "dns-2": "127.0.0.55" };
const podTypes = Object.keys(pods).flatMap((name) => [`dns_pod_${name}_tcp`, `dns_pod_${name}_udp`]);
const serviceTypes = ["dns_service_kept_port", "dns_service_tcp", "dns_service_udp"];
const lookups = ["lookup_internal", "lookup_internal_absolute"];

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "kubenurse-dns-"));
});
afterAll(() => rm(directory, { recursive: true }));

const serviceWith = (...names: readonly (keyof typeof pods)[]): ServiceView => ({
  ...{ state: "known", clusterIP },
  endpoints: names.map((podName) => ({
    ...{ podName, address: pods[podName], port: 53, nodeName: "a", state: "ready" },
  })),
});

/** The checks of an agent whose resolv.conf says this, by type; the test itself is their schedule. */
async function start(
  resolvConf: string,
  environment: Record<string, string> = {},
  edges: Partial<Edges> = {},
) {
  const path = join(directory, "resolv.conf");
  await writeFile(path, resolvConf);
  const allEdges = testEdges({ resolvConf: path, ...edges });
  const running = new Map<string, Check>();
  const ended: string[] = [];
  const { follow } = createDnsChecks({
    config: loadConfig(environment).config,
    edges: allEdges,
    checks: {
      start: (check) => running.set(check.subject.type, check),
      end(type, why) {
        ended.push(`${type} ${why}`);
        running.get(type)?.close?.();
        running.delete(type);
      },
    },
  });
  return { follow, running, ended, types: () => [...running.keys()].sort(), edges: allEdges };
}

test("lookups and resolvers are asked from the start, an external name where one is set", async () => {
  const plain = await start("nameserver 127.0.0.1\n");
  expect(plain.types()).toEqual(["dns_resolver_1_tcp", "dns_resolver_1_udp", ...lookups]);
  const more = await start("nameserver 127.0.0.1\n", { KUBENURSE_DNS_EXTERNAL_NAME: "example.org" });
  expect(more.types().filter((type) => !plain.types().includes(type))).toEqual([
    "dns_external_udp",
    "lookup_external",
  ]);
});

test("nothing is asked where the DNS checks are off", async () => {
  const { follow, types } = await start("nameserver 127.0.0.1\n", { KUBENURSE_CHECK_DNS: "false" });
  follow(serviceWith("dns-1"));
  expect(types()).toEqual([]);
});

test("without a resolv.conf there are the lookups, and what discovery finds", async () => {
  const { follow, types } = await start("", {}, { resolvConf: "/nonexistent" });
  expect(types()).toEqual(lookups);
  follow(serviceWith("dns-1"));
  expect(types()).toEqual([podTypes[0], podTypes[1], ...serviceTypes, ...lookups]);
});

test("the Service and its pods come and go as discovery says, and the resolver of the same address makes way", async () => {
  const { follow, types, ended } = await start(`nameserver ${clusterIP}\n`);
  follow(serviceWith("dns-1", "dns-2"));
  expect(types()).toEqual([...podTypes, ...serviceTypes, ...lookups]);
  expect(ended).toEqual(["dns_resolver_1_udp peer-left", "dns_resolver_1_tcp peer-left"]);
  follow(serviceWith("dns-2"));
  expect(types()).toEqual([podTypes[2], podTypes[3], ...serviceTypes, ...lookups]);
  follow({ state: "known", endpoints: [] });
  expect(types()).toEqual(["dns_resolver_1_tcp", "dns_resolver_1_udp", ...lookups]);
});

test("what stays goes on as it is, and a pod with another address is another", async () => {
  const { follow, running } = await start("");
  follow(serviceWith("dns-1", "dns-2"));
  const before = new Map(running);
  follow(serviceWith("dns-1", "dns-2"));
  expect([...running.values()].every((check) => check === before.get(check.subject.type))).toBe(true);
  const view = serviceWith("dns-1", "dns-2");
  const [first, ...others] = view.state === "known" ? view.endpoints : [];
  if (first === undefined) throw new Error("no endpoint");
  follow({ state: "known", clusterIP, endpoints: [{ ...first, address: "127.0.0.99" }, ...others] });
  expect([...running.values()].filter((check) => check !== before.get(check.subject.type))).toHaveLength(2);
});

test("every check is of its sort, runs at half the pace, and only pods may be excused by their leaving", async () => {
  const { follow, running } = await start("nameserver 127.0.0.1\n", {
    KUBENURSE_DNS_EXTERNAL_NAME: "example.org",
    KUBENURSE_CHECK_INTERVAL: "3s",
  });
  follow(serviceWith("dns-1", "dns-2"));
  const all = [...running.values()];
  expect(
    all.map(({ subject: { target, sort } }) => [target, sort]).filter(([target, sort]) => target !== sort),
  ).toEqual([
    ["dns_resolver_1_udp", "dns_resolver_udp"],
    ["dns_resolver_1_tcp", "dns_resolver_tcp"],
    ["dns_pod_dns-1_udp", "dns_pod_udp"],
    ["dns_pod_dns-1_tcp", "dns_pod_tcp"],
    ["dns_pod_dns-2_udp", "dns_pod_udp"],
    ["dns_pod_dns-2_tcp", "dns_pod_tcp"],
  ]);
  for (const { subject, grace, intervalSeconds } of all) {
    const { probe, type, compatible } = subject;
    expect({ probe, compatible, intervalSeconds, grace }).toEqual({
      ...{ probe: type.split("_")[0], compatible: false, intervalSeconds: 6 },
      grace: type.startsWith("dns_pod") ? departureGrace : noGrace,
    });
  }
});

test("each check asks its own server for its own name", async () => {
  const asked: string[] = [];
  await using udp = await startDnsPeer((query, reply) => reply(answerTo(query)));
  await using tcp = await startDnsTcpPeer((query, socket) => socket.end(withLength(answerTo(query))));
  const { follow, running, edges } = await start(
    "nameserver 127.0.0.1\n",
    { KUBENURSE_DNS_EXTERNAL_NAME: "example.org", KUBENURSE_DNS_INTERNAL_NAME: "nurse.test." },
    {
      lookup: async (hostname) => {
        asked.push(hostname);
        return "127.0.0.1";
      },
      // Port 53 may need root, and one server stands for all.
      openDatagrams(options) {
        asked.push(`udp ${options.peer?.address}:${options.peer?.port}`);
        return openDatagrams({ ...options, peer: udp.at });
      },
      connect({ address, port }) {
        asked.push(`tcp ${address}:${port}`);
        return connect(tcp.port, "127.0.0.1");
      },
    },
  );
  follow(serviceWith("dns-1"));
  const signal = new AbortController().signal;
  const inOrder = [...running].sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [type, check] of inOrder)
    expect([type, (await check.attempt({ signal, edges })).state]).toEqual([type, "ok"]);
  expect(asked).toEqual([
    ...["udp 127.0.0.1:53", "tcp 127.0.0.54:53", "udp 127.0.0.54:53", "tcp 127.0.0.1:53", "udp 127.0.0.1:53"],
    ...["udp 127.0.0.53:53", "tcp 127.0.0.53:53", "udp 127.0.0.53:53"],
    ...["example.org", "nurse.test.", "nurse.test."],
  ]);
  expect(udp.queries.map(({ message }) => message.questions?.[0]?.name)).toEqual([
    ...["example.org", "nurse.test", "nurse.test", "nurse.test", "nurse.test"],
  ]);
  for (const { close } of running.values()) close?.();
});

test("in a cluster whose first family is IPv6 it is the IPv6 address that is asked for", async () => {
  const types: string[] = [];
  await using udp = await startDnsPeer((query, reply) => {
    types.push(...(query.questions ?? []).map(({ type }) => type));
    reply(answerTo(query));
  });
  const { running, edges } = await start(
    "nameserver 127.0.0.53\n",
    { KUBERNETES_SERVICE_HOST: "fd00::1", KUBERNETES_SERVICE_PORT: "443" },
    {
      openDatagrams: (options) => openDatagrams({ ...options, peer: udp.at }),
    },
  );
  await running.get("dns_resolver_1_udp")?.attempt({ signal: new AbortController().signal, edges });
  expect(types).toEqual(["AAAA"]);
});
