import "reflect-metadata";
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from "@peculiar/x509";

/** A private key and its certificate, as `node:tls` takes them. */
export interface CertificatePair {
  readonly key: string;
  readonly cert: string;
}

export interface CertificateAuthority {
  readonly certificatePem: string;
  /** Issues a server certificate for DNS names and IP addresses, for 30 days unless told otherwise. */
  issue(subject: {
    names?: readonly string[];
    addresses?: readonly string[];
    notAfter?: Date;
  }): Promise<CertificatePair>;
}

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const daysValid = 30;

/** Makes an authority whose key never leaves this process. */
export async function makeCertificateAuthority(): Promise<CertificateAuthority> {
  const keys = await makeKeys();
  // Two authorities with one name could not be told apart where both are trusted.
  const name = `CN=kubenurse demo CA ${crypto.randomUUID()}`;
  const certificate = await X509CertificateGenerator.createSelfSigned({
    ...{ name, keys, signingAlgorithm: algorithm, ...validity() },
    extensions: [
      new BasicConstraintsExtension(true, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
    ],
  });
  return {
    certificatePem: certificate.toString("pem"),
    async issue({ names = [], addresses = [], notAfter }) {
      const own = await makeKeys();
      const issued = await X509CertificateGenerator.create({
        ...{ issuer: name, signingKey: keys.privateKey, signingAlgorithm: algorithm, ...validity(notAfter) },
        subject: `CN=${names[0] ?? addresses[0] ?? "demo"}`,
        publicKey: own.publicKey,
        extensions: [
          new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
          new SubjectAlternativeNameExtension([
            ...names.map((value) => ({ type: "dns" as const, value })),
            ...addresses.map((value) => ({ type: "ip" as const, value })),
          ]),
        ],
      });
      const key = await crypto.subtle.exportKey("pkcs8", own.privateKey);
      return { key: PemConverter.encode(key, "PRIVATE KEY"), cert: issued.toString("pem") };
    },
  };
}

function makeKeys() {
  return crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
}

/** Begins an hour ago, so that a clock that is set back a little does no harm. */
function validity(notAfter?: Date): { notBefore: Date; notAfter: Date } {
  const now = Date.now();
  return {
    notBefore: new Date(now - 3600_000),
    notAfter: notAfter ?? new Date(now + daysValid * 86_400_000),
  };
}
