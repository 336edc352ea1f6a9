import { describe, expect, it } from "vitest";
import { testEdges } from "../../test/peers/edges.ts";
import { startHttpPeer } from "../../test/peers/httpPeer.ts";
import { loadConfig } from "../config/loadConfig.ts";
import { createTrust } from "../probes/http/trust.ts";
import { httpChecks } from "./httpCheck.ts";
import { keptChecks } from "./keptChecks.ts";

function checksOf(environment: Record<string, string>, serviceAccountDirectory = "/nonexistent") {
  const { config } = loadConfig(environment);
  const httpCheck = httpChecks({ config, trust: createTrust(true, []) });
  return keptChecks(config, testEdges({ serviceAccountDirectory }), httpCheck);
}

const both = {
  KUBENURSE_SERVICE_URL: "http://nurses.test:8080",
  KUBERNETES_SERVICE_HOST: "10.96.0.1",
  KUBERNETES_SERVICE_PORT: "443",
};
const typesOf = (environment: Record<string, string>) =>
  checksOf(environment).map(({ subject }) => subject.type);

describe("the checks over kept connections", () => {
  it("are those of the Service and of the API server", () => {
    expect(typesOf(both)).toEqual(["me_service_kept", "api_server_kept"]);
  });

  it.each([
    [{ KUBENURSE_CHECK_KEPT_CONNECTIONS: "false" }, []],
    [{ KUBENURSE_REUSE_CONNECTIONS: "true" }, []],
    [{ KUBENURSE_CHECK_ME_SERVICE: "false" }, ["api_server_kept"]],
    [{ KUBENURSE_CHECK_API_SERVER_DIRECT: "false" }, ["me_service_kept"]],
    [{ KUBENURSE_SERVICE_URL: "" }, ["api_server_kept"]],
  ])("with %j are %j", (environment, types) => {
    expect(typesOf({ ...both, ...environment })).toEqual(types);
  });

  it("open one connection, and close it at their end", async () => {
    await using peer = await startHttpPeer((_request, response) => response.end());
    const [check] = checksOf({ KUBENURSE_SERVICE_URL: peer.url.origin });
    const context = { signal: new AbortController().signal, edges: testEdges() };
    for (let n = 0; n < 3; n += 1) expect((await check?.attempt(context))?.state).toBe("ok");
    expect(peer.accepted).toBe(1);
    expect(peer.requests.map(({ url }) => url)).toEqual(Array(3).fill("/alwayshappy"));
    check?.close?.();
    await peer.allClosed();
  });

  it("say so where the API server's token can't be read", async () => {
    const context = { signal: new AbortController().signal, edges: testEdges() };
    expect(await checksOf(both).at(-1)?.attempt(context)).toEqual({
      ...{ state: "discarded", why: "token-unreadable" },
    });
  });
});
