import "reflect-metadata";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PemConverter, SubjectAlternativeNameExtension, X509CertificateGenerator } from "@peculiar/x509";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { eventually } from "../test/peers/eventually.ts";
import { startHttpPeer, startTcpPeer } from "../test/peers/httpPeer.ts";
import { checksOf, get, metricsOf, startTestAgents, type TestAgents } from "../test/peers/testAgents.ts";
import type { SocketAddress } from "./edges.ts";
import { openDatagrams } from "./realDatagrams.ts";

const [a, b] = ["127.79.0.1", "127.79.0.2"];

let agents: TestAgents;

beforeEach(async () => {
  agents = await startTestAgents();
});
afterEach(() => agents[Symbol.asyncDispose]());

describe("an agent with hostNetwork", () => {
  it("knows its own pod by its address, and so its node", async () => {
    agents.addPod("b", b);
    await agents.start("a", a, {}, { hostname: "node-a.example", localAddresses: () => ["fe80::1", a] });
    await eventually(async () => {
      expect(await checksOf(a)).toMatchObject({ neighbourhood: [{ PodName: "nurse-b" }] });
    });
    expect(await checksOf(a)).not.toHaveProperty("path_a");
    agents.kubernetes.api.store.update("nodes", "a", undefined, (node) => ({
      ...node,
      spec: { unschedulable: true },
    }));
    await eventually(async () => expect((await get(a, "/ready")).status).toBe(503));
  });
});

describe("IPv6", () => {
  it("reaches an agent that listens on it, and is shown without brackets", async () => {
    await agents.start("b", "::1");
    await agents.start("a", a);
    await eventually(async () => {
      expect(await checksOf(a)).toMatchObject({ neighbourhood: [{ PodIP: "::1" }], path_b: "ok" });
    });
    await eventually(async () => {
      expect(await metricsOf("[::1]")).toContain("kubenurse_neighbourhood_incoming_checks 1\n");
    });
  });
});

describe("KUBENURSE_USE_TLS", () => {
  let directory: string;
  const at = (name: string) => join(directory, name);

  beforeAll(async () => {
    const { key, cert } = await selfSigned([a, b]);
    directory = await mkdtemp(join(tmpdir(), "kubenurse-agents-"));
    await Promise.all([writeFile(at("tls.key"), key), writeFile(at("tls.crt"), cert)]);
    return () => rm(directory, { recursive: true });
  });

  it.each([
    ["with KUBENURSE_EXTRA_CA", () => ({ KUBENURSE_EXTRA_CA: at("tls.crt") }), /^ok$/],
    ["with KUBENURSE_INSECURE", () => ({ KUBENURSE_INSECURE: "true" }), /^ok$/],
    ["with neither", () => ({}), /self-signed/],
  ])("checks neighbours on port 8443: %s", async (_with, environment, expected) => {
    const tls = {
      KUBENURSE_USE_TLS: "true",
      KUBENURSE_CERT_FILE: at("tls.crt"),
      KUBENURSE_CERT_KEY: at("tls.key"),
      ...environment(),
    };
    const dialled: SocketAddress[] = [];
    await agents.start("b", b, tls);
    await agents.start("a", a, tls, {
      connect(to): Socket {
        dialled.push(to);
        return connect({ host: to.address, port: to.port });
      },
    });
    await eventually(async () => {
      expect(await checksOf(a)).toMatchObject({ path_b: expect.stringMatching(expected) });
    });
    expect(dialled).toContainEqual({ address: b, port: 8443 });
    expect(dialled).not.toContainEqual({ address: b, port: 8080 });
  });
});

describe("KUBENURSE_NEIGHBOUR_LIMIT", () => {
  it.each([
    ["2", 2],
    ["0", 4],
  ])("%s: of four neighbours %i are checked and all are shown", async (limit, expected) => {
    for (const n of [2, 3, 4, 5]) agents.addPod(`n${n}`, `127.79.0.${n}`);
    const agent = await agents.start("a", a, { KUBENURSE_NEIGHBOUR_LIMIT: limit });
    await eventually(async () => expect((await checksOf(a)).neighbourhood).toHaveLength(4));
    expect([...agent.results.subjects()].filter(({ type }) => type.startsWith("path_"))).toHaveLength(
      expected,
    );
  });
});

describe("KUBENURSE_REUSE_CONNECTIONS", () => {
  it.each(["true", "false"])("%s", async (reuse) => {
    await using peer = await startHttpPeer((_request, response) => response.end());
    await agents.start("a", a, {
      KUBENURSE_EXTRA_CHECKS: `peer:http://127.0.0.1:${peer.port}/`,
      KUBENURSE_REUSE_CONNECTIONS: reuse,
    });
    await eventually(() => expect(peer.requests.length).toBeGreaterThanOrEqual(3));
    expect(peer.accepted).toBe(reuse === "true" ? 1 : peer.requests.length);
  });
});

describe("HTTP_PROXY, HTTPS_PROXY and NO_PROXY", () => {
  it("decide which checks go through the proxy", async () => {
    const asked = new Set<string>();
    await using proxy = await startTcpPeer((client) => {
      client.once("data", (data) => {
        const [line = ""] = String(data).split("\r\n");
        asked.add(line);
        client.end(`HTTP/1.1 ${line.startsWith("GET") ? "200 OK" : "403 Forbidden"}\r\n\r\n`);
      });
    });
    await using direct = await startHttpPeer((_request, response) => response.end());
    await agents.start(
      "a",
      a,
      {
        HTTP_PROXY: `http://127.0.0.1:${proxy.port}`,
        HTTPS_PROXY: `http://127.0.0.1:${proxy.port}`,
        NO_PROXY: "direct.test",
        KUBENURSE_EXTRA_CHECKS: `plain:http://plain.test/x|secure:https://secure.test/|direct:http://direct.test:${direct.port}/`,
      },
      { lookup: async () => "127.0.0.1" },
    );
    await eventually(async () => {
      expect(await checksOf(a)).toMatchObject({
        api_server_direct: "ok",
        direct: "ok",
        plain: "ok",
        secure: `proxy 127.0.0.1:${proxy.port}: 403 Forbidden`,
      });
    });
    expect([...asked].sort()).toEqual([
      "CONNECT secure.test:443 HTTP/1.1",
      "GET http://plain.test/x HTTP/1.1",
    ]);
    expect(direct.requests.length).toBeGreaterThan(0);
  });
});

/** A certificate that is its own authority. */
async function selfSigned(addresses: string[]): Promise<{ key: string; cert: string }> {
  const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
  const keys = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    ...{ name: "CN=agents", keys, signingAlgorithm: algorithm },
    extensions: [new SubjectAlternativeNameExtension(addresses.map((value) => ({ type: "ip", value })))],
  });
  const key = await crypto.subtle.exportKey("pkcs8", keys.privateKey);
  return { key: PemConverter.encode(key, "PRIVATE KEY"), cert: certificate.toString("pem") };
}

describe("KUBENURSE_UDP_PORT", () => {
  it("that is taken costs the answers to datagrams, and nothing else", async () => {
    const taken = await openDatagrams({ onMessage() {}, onError() {} }, a);
    await agents.start("a", a, { KUBENURSE_UDP_PORT: String(taken.port) });
    expect((await get(a, "/alwayshappy")).status).toBe(200);
    taken.close();
  });
});
