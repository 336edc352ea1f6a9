import { existsSync } from "node:fs";
import { createSecureContext, rootCertificates, type SecureContext } from "node:tls";
import { createChangingFile } from "../../lib/changingFile.ts";

/** Whom a TLS connection believes. */
export interface Trust {
  /** Whether an unverified certificate ends the attempt. */
  readonly verify: boolean;
  /** Built anew only when one of the files changed. */
  secureContext(): SecureContext;
}

/** Where distributions keep their bundle; the first that exists is used, else Node's own list. */
const systemBundles = [
  "/etc/ssl/certs/ca-certificates.crt",
  "/etc/pki/tls/certs/ca-bundle.crt",
  "/etc/ssl/ca-bundle.pem",
  "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
  "/etc/ssl/cert.pem",
];

/**
 * Believes the system's authorities and those of `caFiles`, which are re-read when they change. A file that is gone or
 * unreadable after the start keeps what was read before.
 */
export function createTrust(verify: boolean, caFiles: readonly string[]): Trust {
  const system = systemBundles.find((path) => existsSync(path));
  const files = [...(system === undefined ? [] : [system]), ...caFiles].map(createChangingFile);
  let built: { versions: string; context: SecureContext } | undefined;
  return {
    verify,
    secureContext() {
      const read = files.map(readOrNothing);
      const versions = read.map(({ version }) => version).join();
      if (built === undefined || (built.versions !== versions && !versions.includes(unreadable))) {
        const own = system === undefined ? rootCertificates : [];
        const ca = [...own, ...read.map(({ content }) => content).filter((content) => content !== "")];
        built = { versions, context: createSecureContext({ ca, minVersion: "TLSv1.2" }) };
      }
      return built.context;
    },
  };
}

const unreadable = "unreadable";

function readOrNothing(file: ReturnType<typeof createChangingFile>): { content: string; version: string } {
  try {
    const { content, version } = file.read();
    return { content, version: String(version) };
  } catch {
    return { content: "", version: unreadable };
  }
}
