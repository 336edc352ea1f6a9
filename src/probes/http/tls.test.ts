import { X509Certificate } from "node:crypto";
import { mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import type { RequestListener } from "node:http";
import { createServer, type Server } from "node:https";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TLSSocket } from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { testEdges } from "../../../test/peers/edges.ts";
import { type Peer, peerOf, startTcpPeer } from "../../../test/peers/httpPeer.ts";
import { httpTarget } from "../../../test/peers/httpTarget.ts";
import { type CertificateAuthority, makeCertificateAuthority } from "../../demo/certificates.ts";
import { httpProbe } from "./probe.ts";
import { Connections, type HttpTarget } from "./target.ts";
import { createTrust } from "./trust.ts";

const never = new AbortController().signal;
const edges = testEdges({ lookup: async () => "127.0.0.1" });
const attempt = (target: HttpTarget) => httpProbe.attempt(target, { signal: never, edges });

let authority: CertificateAuthority;
let directory: string;
let caFile: string;

beforeAll(async () => {
  authority = await makeCertificateAuthority();
  directory = await mkdtemp(join(tmpdir(), "kubenurse-tls-"));
  caFile = join(directory, "ca.crt");
  await writeFile(caFile, authority.certificatePem);
});
afterAll(() => rm(directory, { recursive: true }));

/** A server for `names` (and 127.0.0.1) that answers with the server name and the credentials it was sent. */
async function startTlsPeer(
  names: string[],
  issuer = authority,
  answer: RequestListener = (_request, response) => response.end(),
): Promise<Peer & { seen: { sni: unknown; authorization: unknown }[] }> {
  const seen: { sni: unknown; authorization: unknown }[] = [];
  const server: Server = createServer(
    await issuer.issue({ names, addresses: ["127.0.0.1"] }),
    (request, response) => {
      const { servername } = request.socket as TLSSocket & { servername: unknown };
      seen.push({ sni: servername, authorization: request.headers.authorization });
      answer(request, response);
    },
  );
  server.on("tlsClientError", () => {});
  return Object.assign(await peerOf(server, "https"), { seen });
}

describe("a certificate", () => {
  it("of an authority in a CA file is verified, by address and by name", async () => {
    await using peer = await startTlsPeer(["nurse.test"]);
    const trust = createTrust(true, [caFile]);
    const byAddress = await attempt(httpTarget(peer.url, { trust }));
    expect(byAddress.state === "ok" && Object.keys(byAddress.phases)).toEqual([
      "connect",
      "tls",
      "processing",
    ]);
    const byName = await attempt(httpTarget(new URL(`https://nurse.test:${peer.port}/`), { trust }));
    expect(byName.state).toBe("ok");
    expect(peer.seen.map(({ sni }) => sni)).toEqual([false, "nurse.test"]);
  });

  it("is checked against each target's own name", async () => {
    await using first = await startTlsPeer(["first.test"]);
    await using second = await startTlsPeer(["second.test"]);
    const trust = createTrust(true, [caFile]);
    for (const [name, peer] of [
      ["first.test", first],
      ["second.test", second],
    ] as const) {
      expect((await attempt(httpTarget(new URL(`https://${name}:${peer.port}/`), { trust }))).state).toBe(
        "ok",
      );
    }
    const wrong = await attempt(httpTarget(new URL(`https://first.test:${second.port}/`), { trust }));
    expect(wrong).toMatchObject({ state: "failed", phase: "tls", reason: "tls_error" });
    await second.allClosed();
  });

  it("of an unknown authority is a tls_error that says so", async () => {
    await using peer = await startTlsPeer([]);
    const outcome = await attempt(httpTarget(peer.url, { trust: createTrust(true, []) }));
    expect(outcome).toMatchObject({ state: "failed", phase: "tls", reason: "tls_error" });
    expect(outcome.state === "failed" && outcome.detail).toContain("unable to verify");
  });

  it("of an unknown authority is taken where verification is off", async () => {
    await using peer = await startTlsPeer([]);
    expect((await attempt(httpTarget(peer.url, { trust: createTrust(false, []) }))).state).toBe("ok");
  });

  it("of an authority that replaced the old one in the file is verified without a restart", async () => {
    const other = await makeCertificateAuthority();
    await using peer = await startTlsPeer([], other);
    const rotated = join(directory, "rotated.crt");
    await writeFile(rotated, authority.certificatePem);
    const target = httpTarget(peer.url, { trust: createTrust(true, [rotated]) });
    expect((await attempt(target)).state).toBe("failed");
    await writeFile(`${rotated}.new`, other.certificatePem);
    await rename(`${rotated}.new`, rotated);
    expect((await attempt(target)).state).toBe("ok");
    await rm(rotated);
    expect((await attempt(target)).state).toBe("ok");
  });
});

describe("the ends of the certificates", () => {
  const inMinutes = (minutes: number) => new Date(Math.floor(Date.now() / 1000 + 60 * minutes) * 1000);
  const startPeer = async (notAfter: Date, alsoSent = "") => {
    const { key, cert } = await authority.issue({ addresses: ["127.0.0.1"], notAfter });
    const server = createServer({ key, cert: cert + alsoSent }, (_request, response) => response.end());
    server.on("tlsClientError", () => {});
    return peerOf(server, "https");
  };
  const ofAuthority = () => Date.parse(new X509Certificate(authority.certificatePem).validTo) / 1000;

  it("are the server's own and its issuers', which may come from here", async () => {
    const soon = inMinutes(5);
    await using peer = await startPeer(soon);
    const outcome = await attempt(httpTarget(peer.url, { trust: createTrust(true, [caFile]) }));
    expect(outcome).toMatchObject({
      ...{ state: "ok", reading: { certificateEnds: [soon.getTime() / 1000, ofAuthority()] } },
    });
  });

  it("are read where the certificate is over, which is a tls_error that says so", async () => {
    const past = inMinutes(-5);
    await using peer = await startPeer(past);
    const outcome = await attempt(httpTarget(peer.url, { trust: createTrust(true, [caFile]) }));
    expect(outcome).toMatchObject({
      ...{ state: "failed", phase: "tls", reason: "tls_error", detail: "certificate has expired" },
      reading: { certificateEnds: [past.getTime() / 1000, ofAuthority()] },
    });
  });

  it("are read where the authority is unknown: what was sent", async () => {
    const soon = inMinutes(5);
    await using bare = await startPeer(soon);
    await using withIssuer = await startPeer(soon, `\n${authority.certificatePem}`);
    const endsOf = async ({ url }: Peer) => {
      const outcome = await attempt(httpTarget(url, { trust: createTrust(true, []) }));
      return outcome.state === "failed" && outcome.reading.certificateEnds;
    };
    expect(await endsOf(bare)).toEqual([soon.getTime() / 1000]);
    expect(await endsOf(withIssuer)).toEqual([soon.getTime() / 1000, ofAuthority()]);
  });

  it("are absent where no handshake told", async () => {
    await using peer = await startTcpPeer((socket) => socket.once("data", () => socket.end("no TLS here")));
    const outcome = await attempt(httpTarget(new URL(`https://127.0.0.1:${peer.port}/`)));
    expect(outcome.state === "failed" && outcome.reading.certificateEnds).toBeUndefined();
  });
});

describe("a literal address to connect to", () => {
  it("leaves server name and certificate check to the URL's host", async () => {
    await using peer = await startTlsPeer(["nurse.test"]);
    const connectTo = { address: "127.0.0.1", port: peer.port };
    const trust = createTrust(true, [caFile]);
    const by = (host: string) => attempt(httpTarget(new URL(`https://${host}/`), { trust, connectTo }));
    expect((await by("nurse.test")).state).toBe("ok");
    expect(await by("other.test")).toMatchObject({ state: "failed", phase: "tls", reason: "tls_error" });
    expect(peer.seen.map(({ sni }) => sni)).toEqual(["nurse.test"]);
  });
});

describe("the bearer token", () => {
  const bearerToken = () => "secret";

  it("goes to a server whose certificate was verified", async () => {
    await using peer = await startTlsPeer([]);
    await attempt(httpTarget(peer.url, { trust: createTrust(true, [caFile]), bearerToken }));
    expect(peer.seen).toMatchObject([{ authorization: "Bearer secret" }]);
  });

  it("goes to a verified server although verification is off", async () => {
    await using peer = await startTlsPeer([]);
    await attempt(httpTarget(peer.url, { trust: createTrust(false, [caFile]), bearerToken }));
    expect(peer.seen).toMatchObject([{ authorization: "Bearer secret" }]);
  });

  it("never goes over a kept connection to a server that could be anybody", async () => {
    await using verified = await startTlsPeer([]);
    const other = await makeCertificateAuthority();
    await using anybody = await startTlsPeer([], other, (_request, response) => {
      response.writeHead(302, { location: verified.url.href }).end();
    });
    const connections = new Connections(true);
    const target = httpTarget(anybody.url, { trust: createTrust(false, [caFile]), bearerToken, connections });
    for (let n = 0; n < 3; n++) expect((await attempt(target)).state).toBe("ok");
    expect([anybody.accepted, verified.accepted]).toEqual([1, 1]);
    const seen = [...anybody.seen, ...verified.seen];
    expect(seen).toHaveLength(6);
    expect(seen.every(({ authorization }) => authorization === undefined)).toBe(true);
    connections.destroy();
  });

  it("goes over a kept connection to a verified server each time", async () => {
    await using peer = await startTlsPeer([]);
    const connections = new Connections(true);
    const target = httpTarget(peer.url, { trust: createTrust(true, [caFile]), bearerToken, connections });
    for (let n = 0; n < 2; n++) await attempt(target);
    expect(peer.accepted).toBe(1);
    expect(peer.seen.map(({ authorization }) => authorization)).toEqual(["Bearer secret", "Bearer secret"]);
    connections.destroy();
  });

  it("does not go to a server that could be anybody", async () => {
    await using peer = await startTlsPeer([]);
    const outcome = await attempt(httpTarget(peer.url, { trust: createTrust(false, []), bearerToken }));
    expect(outcome.state).toBe("ok");
    expect(peer.seen).toEqual([{ sni: false, authorization: undefined }]);
  });
});

describe("a proxy", () => {
  it("tunnels TLS to the server, which is verified end to end", async () => {
    await using peer = await startTlsPeer(["nurse.test"]);
    const asked: string[] = [];
    await using proxy = await startTcpPeer((client) => {
      client.once("data", (data) => {
        asked.push(String(data).split("\r\n")[0] ?? "");
        const server = connect({ host: "127.0.0.1", port: peer.port }, () => {
          client.write("HTTP/1.1 200 Connection established\r\n\r\n");
          client.pipe(server).pipe(client);
        });
        client.on("close", () => server.destroy());
      });
    });
    const proxyFor = () => new URL(`http://127.0.0.1:${proxy.port}`);
    const url = new URL(`https://nurse.test:${peer.port}/`);
    const outcome = await attempt(httpTarget(url, { trust: createTrust(true, [caFile]), proxyFor }));
    expect(outcome.state).toBe("ok");
    expect(asked).toEqual([`CONNECT nurse.test:${peer.port} HTTP/1.1`]);
    await proxy.allClosed();
  });
});
