import { describe, expect, it } from "vitest";
import { httpSubject } from "../../test/peers/subject.ts";
import { createCertificateFamilies } from "./certificateFamilies.ts";
import type { ResultFamilies } from "./resultFamilies.ts";

function read(families: ResultFamilies, type: string, certificateEnds?: readonly number[]): void {
  const reading = { kind: "http", roundTrips: [], certificateEnds } as const;
  families.counted?.(httpSubject(type), { state: "ok", phases: {}, reading });
}

const expiry = (target: string, place: string, value: number) => ({
  ...{ name: "kubenurse_certificate_expiry_timestamp_seconds", labels: { target, place }, value },
});

describe("the ends of certificates", () => {
  it("are the own one, and the earliest of the issuers'", () => {
    const families = createCertificateFamilies("full");
    read(families, "me_ingress", [100, 300, 200]);
    read(families, "me_service", [50]);
    expect(families.samples()).toEqual([
      expiry("me_ingress", "own", 100),
      expiry("me_ingress", "chain", 200),
      expiry("me_service", "own", 50),
    ]);
  });

  it("are those of a failed attempt, too, and the last ones where an attempt told none", () => {
    const families = createCertificateFamilies("full");
    read(families, "me_ingress", [100]);
    families.counted?.(httpSubject("me_ingress"), {
      ...{ state: "failed", phase: "tls", reason: "tls_error", detail: "", phases: {} },
      reading: { kind: "http", roundTrips: [], certificateEnds: [90] },
    });
    read(families, "me_ingress");
    expect(families.samples()).toEqual([expiry("me_ingress", "own", 90)]);
  });

  it("are the earliest of all neighbours' in lean detail, and go with the check", () => {
    const families = createCertificateFamilies("lean");
    read(families, "path_a", [300, 900]);
    read(families, "path_b", [200, 800]);
    expect(families.samples()).toEqual([expiry("path", "own", 200), expiry("path", "chain", 800)]);
    families.forgotten?.(httpSubject("path_b"));
    expect(families.samples()).toEqual([expiry("path", "own", 300), expiry("path", "chain", 900)]);
    families.forgotten?.(httpSubject("path_a"));
    expect(families.samples()).toEqual([]);
  });
});
