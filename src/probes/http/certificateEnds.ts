import type { DetailedPeerCertificate, TLSSocket } from "node:tls";

/** Unix seconds at which a peer's certificates end: its own, then its issuers', as sent or as this host has them. */
export function certificateEndsOf(socket: TLSSocket): readonly number[] {
  const chain = new Set<DetailedPeerCertificate>();
  // A root is its own issuer. To ask for X.509 objects instead would leave nothing for Node's own check of the name.
  let certificate: DetailedPeerCertificate | undefined = socket.getPeerCertificate(true);
  while (certificate?.valid_to !== undefined && !chain.has(certificate)) {
    chain.add(certificate);
    certificate = certificate.issuerCertificate;
  }
  return [...chain].map(({ valid_to }) => Date.parse(valid_to) / 1000);
}
