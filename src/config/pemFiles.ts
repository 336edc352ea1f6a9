import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import type { Environment } from "./environment.ts";

/** Reads a file as text; throws the file system's error. */
export type ReadFile = (path: string) => string;

/** What is wrong with the certificate and key files that the environment names, one line each. */
export function pemProblems(environment: Environment, readFile: ReadFile): string[] {
  const problems: string[] = [];
  const read = <Parsed>(
    name: string,
    parse: (pem: string) => Parsed,
    expected: string,
  ): Parsed | undefined => {
    const path = environment[name];
    try {
      if (path) return parse(readFile(path));
      problems.push(`${name}: not set; expected ${expected}`);
    } catch (error) {
      problems.push(`${name}: got ${JSON.stringify(path)}: ${reasonOf(error)}; expected ${expected}`);
    }
    return undefined;
  };

  if (environment.KUBENURSE_EXTRA_CA) {
    read("KUBENURSE_EXTRA_CA", parseCertificates, "a readable file with PEM certificates");
  }
  if (environment.KUBENURSE_USE_TLS !== "true") return problems;
  const cause = ", since KUBENURSE_USE_TLS is true";
  const certificate = read(
    "KUBENURSE_CERT_FILE",
    parseCertificates,
    `a readable file with a PEM certificate${cause}`,
  );
  const key = read("KUBENURSE_CERT_KEY", parsePrivateKey, `a readable file with a PEM private key${cause}`);
  if (certificate !== undefined && key !== undefined && !certificate.checkPrivateKey(key)) {
    const path = JSON.stringify(environment.KUBENURSE_CERT_KEY);
    problems.push(
      `KUBENURSE_CERT_KEY: got ${path}: another key; expected the one of KUBENURSE_CERT_FILE's certificate`,
    );
  }
  return problems;
}

/** Parses all certificates and returns the first, which is the server's own in a chain. */
function parseCertificates(pem: string): X509Certificate {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----/gs) ?? [];
  const [first] = blocks.map(parseCertificate);
  if (first === undefined) throw new SyntaxError("no PEM certificate in it");
  return first;
}

function parseCertificate(block: string): X509Certificate {
  try {
    return new X509Certificate(block);
  } catch {
    throw new SyntaxError("a certificate in it can't be parsed");
  }
}

function parsePrivateKey(pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    throw new SyntaxError("no PEM private key in it");
  }
}

/** A parser's own words, or the file system's code. */
function reasonOf(error: unknown): string {
  if (error instanceof SyntaxError) return error.message;
  return `can't be read (${(error as NodeJS.ErrnoException).code ?? String(error)})`;
}
