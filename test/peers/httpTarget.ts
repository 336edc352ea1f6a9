import { Connections, type HttpTarget } from "../../src/probes/http/target.ts";
import { createTrust } from "../../src/probes/http/trust.ts";

/** A target without proxy, token or kept connections, except for what the test replaces. */
export function httpTarget(url: URL, replaced: Partial<HttpTarget> = {}): HttpTarget {
  return {
    url,
    headers: {},
    proxyFor: () => undefined,
    trust: createTrust(true, []),
    connections: new Connections(false),
    ...replaced,
  };
}
