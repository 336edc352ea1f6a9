import { beforeAll, expect, test } from "vitest";
import { makeCertificateAuthority } from "../demo/certificates.ts";
import { pemProblems } from "./pemFiles.ts";

const files: Record<string, string> = {};

beforeAll(async () => {
  const authority = await makeCertificateAuthority();
  const pair = await authority.issue({ names: ["nurse"] });
  const other = await authority.issue({ names: ["other"] });
  Object.assign(files, {
    "/ca.pem": authority.certificatePem,
    "/bundle.pem": `# two\n${authority.certificatePem}\n${pair.cert}`,
    "/chain.pem": `${pair.cert}\n${authority.certificatePem}`,
    "/key.pem": pair.key,
    "/other.pem": other.key,
    "/text.pem": "no PEM",
    "/broken.pem": `${pair.cert}\n-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n`,
  });
});

function readFile(path: string): string {
  const content = files[path];
  if (content === undefined) throw Object.assign(new Error("no such file"), { code: "ENOENT" });
  return content;
}

const withTls = (certificate: string, key: string) => ({
  KUBENURSE_USE_TLS: "true",
  KUBENURSE_CERT_FILE: certificate,
  KUBENURSE_CERT_KEY: key,
});

test.each([
  {},
  { KUBENURSE_EXTRA_CA: "" },
  { KUBENURSE_EXTRA_CA: "/ca.pem" },
  { KUBENURSE_EXTRA_CA: "/bundle.pem" },
  withTls("/chain.pem", "/key.pem"),
  { ...withTls("/missing.pem", "/missing.pem"), KUBENURSE_USE_TLS: "false" },
])("%j is good", (environment) => {
  expect(pemProblems(environment, readFile)).toEqual([]);
});

const certificates = "expected a readable file with PEM certificates";
const certificate = "expected a readable file with a PEM certificate, since KUBENURSE_USE_TLS is true";
const key = "expected a readable file with a PEM private key, since KUBENURSE_USE_TLS is true";

test.each([
  [{ KUBENURSE_EXTRA_CA: "/no" }, [`KUBENURSE_EXTRA_CA: got "/no": can't be read (ENOENT); ${certificates}`]],
  [
    { KUBENURSE_EXTRA_CA: "/text.pem" },
    [`KUBENURSE_EXTRA_CA: got "/text.pem": no PEM certificate in it; ${certificates}`],
  ],
  [
    { KUBENURSE_EXTRA_CA: "/broken.pem" },
    [`KUBENURSE_EXTRA_CA: got "/broken.pem": a certificate in it can't be parsed; ${certificates}`],
  ],
  [
    { KUBENURSE_USE_TLS: "true" },
    [`KUBENURSE_CERT_FILE: not set; ${certificate}`, `KUBENURSE_CERT_KEY: not set; ${key}`],
  ],
  [
    withTls("/no", "/text.pem"),
    [
      `KUBENURSE_CERT_FILE: got "/no": can't be read (ENOENT); ${certificate}`,
      `KUBENURSE_CERT_KEY: got "/text.pem": no PEM private key in it; ${key}`,
    ],
  ],
  [
    withTls("/chain.pem", "/other.pem"),
    [
      'KUBENURSE_CERT_KEY: got "/other.pem": another key; expected the one of KUBENURSE_CERT_FILE\'s certificate',
    ],
  ],
])("%j is refused", (environment, problems) => {
  expect(pemProblems(environment, readFile)).toEqual(problems);
});
