import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { connect, createServer } from "node:tls";
import { expect, test } from "vitest";
import { makeCertificateAuthority } from "./certificates.ts";

test("a certificate is believed for its names and addresses only, and only by who trusts the authority", async () => {
  const authority = await makeCertificateAuthority();
  const pair = await authority.issue({ names: ["api.example.test"], addresses: ["127.0.0.1"] });
  const server = createServer(pair, (socket) => socket.on("error", () => {}).end());
  server.on("tlsClientError", () => {});
  await once(server.listen(0, "127.0.0.1"), "listening");
  const port = (server.address() as AddressInfo).port;
  const outcome = async (options: object) => {
    const socket = connect({ host: "127.0.0.1", port, ...options });
    try {
      await once(socket, "secureConnect");
      return "believed";
    } catch (error) {
      return (error as NodeJS.ErrnoException).code;
    } finally {
      socket.destroy();
    }
  };
  const ca = authority.certificatePem;
  try {
    expect(await outcome({ ca })).toBe("believed");
    expect(await outcome({ ca, servername: "api.example.test" })).toBe("believed");
    expect(await outcome({ ca, servername: "other.example.test" })).toBe("ERR_TLS_CERT_ALTNAME_INVALID");
    expect(await outcome({})).toBe("UNABLE_TO_VERIFY_LEAF_SIGNATURE");
  } finally {
    server.close();
  }
});
