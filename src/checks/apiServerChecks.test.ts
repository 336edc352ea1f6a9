import { mkdtemp, rm, writeFile } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { createServer } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { testEdges } from "../../test/peers/edges.ts";
import { type Peer, peerOf } from "../../test/peers/httpPeer.ts";
import { startedChecks } from "../../test/peers/startedChecks.ts";
import { loadConfig } from "../config/loadConfig.ts";
import { type CertificateAuthority, makeCertificateAuthority } from "../demo/certificates.ts";
import type { ServiceEndpoint, ServiceView } from "../discovery/service.ts";
import { createTrust } from "../probes/http/trust.ts";
import { createApiServerChecks } from "./apiServerChecks.ts";
import { httpChecks } from "./httpCheck.ts";

const serviceAddress = "10.96.0.1";
let authority: CertificateAuthority;
let directory: string;
beforeAll(async () => {
  authority = await makeCertificateAuthority();
  directory = await mkdtemp(join(tmpdir(), "kubenurse-api-"));
  await writeFile(join(directory, "ca.crt"), authority.certificatePem);
  await writeFile(join(directory, "token"), "secret\n");
});
afterAll(() => rm(directory, { recursive: true }));

async function startApiServer(addresses: string[]): Promise<Peer & { readonly requests: IncomingMessage[] }> {
  const requests: IncomingMessage[] = [];
  const server = createServer(await authority.issue({ addresses }), (request, response) => {
    requests.push(request);
    response.end();
  });
  server.on("tlsClientError", () => {});
  return Object.assign(await peerOf(server, "https"), { requests });
}

function start(environment: Record<string, string> = {}) {
  const { config } = loadConfig({
    ...{ KUBERNETES_SERVICE_HOST: serviceAddress, KUBERNETES_SERVICE_PORT: "443" },
    ...environment,
  });
  const edges = testEdges({ serviceAccountDirectory: directory });
  const checks = startedChecks();
  const trust = createTrust(true, [join(directory, "ca.crt")]);
  const apiServers = createApiServerChecks(config, edges, checks, httpChecks({ config, trust }));
  return { apiServers, checks, edges };
}

const endpoint = (address: string, more: Partial<ServiceEndpoint> = {}): ServiceEndpoint => ({
  ...{ podName: "", address, port: 6443, nodeName: "", state: "ready" },
  ...more,
});
const known = (...endpoints: ServiceEndpoint[]): ServiceView => ({ state: "known", endpoints });
const first = "api_server_endpoint_1";

describe("the checks of API servers", () => {
  it("connect to each one's address, with the Service's address in the certificate and the token", async () => {
    await using server = await startApiServer([serviceAddress]);
    await using foreign = await startApiServer(["127.0.0.1"]);
    const { apiServers, checks, edges } = start();
    apiServers.follow(known(endpoint("127.0.0.1", { port: server.port })));
    expect(await checks.attempt(first, edges)).toMatchObject({
      ...{ state: "ok", phases: { connect: expect.any(Number) } },
    });
    expect(server.requests[0]).toMatchObject({
      ...{ url: "/version", headers: { host: serviceAddress, authorization: "Bearer secret" } },
    });
    apiServers.follow(known(endpoint("127.0.0.1", { port: foreign.port })));
    expect(await checks.attempt(first, edges)).toMatchObject({ state: "failed", reason: "tls_error" });
    expect(foreign.requests).toEqual([]);
  });

  it("are numbered by address, whatever their order, and only the ready ones", () => {
    const { apiServers, checks } = start();
    apiServers.follow({ state: "unknown" });
    expect(checks.types()).toEqual([]);
    const three = [endpoint("10.0.0.3"), endpoint("10.0.0.1"), endpoint("10.0.0.2", { state: "leaving" })];
    apiServers.follow(known(...three));
    expect(checks.types()).toEqual([first, "api_server_endpoint_2"]);
    apiServers.follow(known(...three.reverse()));
    expect(checks.started).toHaveLength(2);
    expect(checks.started[0]).toMatchObject({
      subject: { target: first, sort: "api_server_endpoint", compatible: false },
      intervalSeconds: 10,
    });
  });

  it("begin anew where another server has the number, and end with the servers", () => {
    const { apiServers, checks } = start();
    apiServers.follow(known(endpoint("10.0.0.1"), endpoint("10.0.0.2")));
    apiServers.follow(known(endpoint("10.0.0.2")));
    expect(checks.types()).toEqual([first]);
    expect(checks.started.map(({ subject }) => subject.type)).toEqual([
      first,
      "api_server_endpoint_2",
      first,
    ]);
    apiServers.follow(known());
    expect(checks.types()).toEqual([]);
  });

  it("are five at most", () => {
    const { apiServers, checks } = start();
    apiServers.follow(known(...Array.from({ length: 9 }, (_, n) => endpoint(`10.0.0.${n}`))));
    expect(checks.types()).toHaveLength(5);
  });

  it.each([{ KUBENURSE_CHECK_API_SERVER_ENDPOINTS: "false" }, { KUBERNETES_SERVICE_HOST: "" }])(
    "are not there with %j",
    (environment) => {
      const { apiServers, checks } = start(environment);
      apiServers.follow(known(endpoint("10.0.0.1")));
      expect(checks.types()).toEqual([]);
    },
  );
});
