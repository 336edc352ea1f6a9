import { createSecureContext } from "node:tls";
import { createChangingFile } from "../lib/changingFile.ts";

interface CertificatePair {
  readonly cert: string;
  readonly key: string;
}

/** The certificate that two PEM files hold, which may be replaced at any time. */
export interface Certificate {
  /** The pair, when the files changed since the last call. Throws once for each state that can't be used. */
  renewed(): CertificatePair | undefined;
}

export function createCertificate(files: {
  readonly certFile: string;
  readonly keyFile: string;
}): Certificate {
  const certFile = createChangingFile(files.certFile);
  const keyFile = createChangingFile(files.keyFile);
  let lastVersions = "";
  let lastProblem = "";
  return {
    renewed() {
      try {
        const [cert, key] = [certFile.read(), keyFile.read()];
        const versions = `${cert.version} ${key.version}`;
        if (versions === lastVersions) return undefined;
        lastVersions = versions;
        const pair = { cert: cert.content, key: key.content };
        createSecureContext(pair);
        lastProblem = "";
        return pair;
      } catch (cause) {
        const problem = cause instanceof Error ? cause.message : String(cause);
        if (problem === lastProblem) return undefined;
        lastProblem = problem;
        throw new Error(`cannot use certificate ${files.certFile} with key ${files.keyFile}: ${problem}`, {
          cause,
        });
      }
    },
  };
}
