import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { startDeafListener } from "../../test/peers/deafListener.ts";
import { testEdges } from "../../test/peers/edges.ts";
import { httpTarget } from "../../test/peers/httpTarget.ts";
import { httpProbe } from "./http/probe.ts";
import type { Failed, Ok, Phases } from "./probe.ts";
import type { Reading } from "./reading.ts";
import {
  readLinearTimeouts,
  readSynRetransmits,
  synRetransmits,
  synRetransmitsOf,
} from "./synRetransmits.ts";

describe("SYNs sent again", () => {
  // Connect times measured on Linux 6.18 for 0, 1, 2 ... lost SYNs.
  it.each([
    [4, [0.0004, 1.01, 2.04, 3.07, 4.09, 5.1, 7.14]],
    [0, [0.0004, 1.01, 3.04, 7.25]],
  ])("are told from connect times where the kernel's linear timeouts are %i", (linear, times) => {
    expect(times.map((seconds) => synRetransmits(seconds, linear))).toEqual(times.map((_, n) => n));
  });

  it("are as many as the kernel sent until the deadline of 5 s, which is a little less without the lookup", () => {
    expect([synRetransmits(4.99, 4), synRetransmits(4.99, 0)]).toEqual([4, 2]);
  });

  it("are counted on a slow way, too, since the kernel can't wait longer than a second", () => {
    expect([synRetransmits(0.9, 4), synRetransmits(1.35, 4), synRetransmits(1.35, 0)]).toEqual([0, 1, 1]);
  });
});

describe("an attempt", () => {
  const ok = (phases: Phases, ...trips: Phases[]): Ok<Reading> => ({
    ...{ state: "ok", phases },
    reading: { kind: "http", roundTrips: trips.map((trip) => ({ code: 200, phases: trip })) },
  });
  const failed = (reason: Failed<Reading>["reason"], phases: Phases): Failed<Reading> => ({
    ...{ state: "failed", phase: "connect", reason, detail: "", phases, reading: { kind: "tcp" } },
  });

  it("with a redirect has several connections, which are not added up", () => {
    expect(synRetransmitsOf(ok({ connect: 1.2 }, { connect: 0.6 }, { connect: 0.6 }), 4)).toBe(0);
    expect(synRetransmitsOf(ok({ connect: 3.1 }, { connect: 1.05 }, { connect: 2.05 }), 4)).toBe(3);
  });

  it("over a kept connection has none", () => {
    expect(synRetransmitsOf(ok({ processing: 4 }, { processing: 4 }), 4)).toBe(0);
  });

  it("that failed counts, unless its SYN could not be sent", () => {
    expect(synRetransmitsOf(failed("connect_timeout", { resolve: 0.1, connect: 4.9 }), 4)).toBe(4);
    expect(synRetransmitsOf(failed("connect_timeout", { connect: 5.01 }), 4)).toBe(4);
    expect(synRetransmitsOf(failed("connect_unreachable", { connect: 3.07 }), 4)).toBe(0);
    expect(synRetransmitsOf(failed("connect_refused", { connect: 1.01 }), 4)).toBe(1);
  });
});

describe("the kernel", () => {
  it("counts what a connect time tells, when a real listener drops SYNs for a second and a half", async () => {
    await using listener = await startDeafListener();
    const before = readSynRetransmits("/proc") ?? Number.NaN;
    setTimeout(() => listener.listen(), 1500);
    const target = httpTarget(new URL(`http://127.0.0.1:${listener.port}/`));
    const outcome = await httpProbe.attempt(target, {
      ...{ signal: new AbortController().signal, edges: testEdges() },
    });
    const inferred = outcome.state === "ok" ? synRetransmitsOf(outcome, readLinearTimeouts("/proc")) : 0;
    expect(inferred).toBeGreaterThanOrEqual(2);
    // Others on this machine lose SYNs as well.
    expect(inferred).toBeLessThanOrEqual((readSynRetransmits("/proc") ?? Number.NaN) - before);
  });

  it("that has no linear timeouts, or no counter, is told apart from one that has", async () => {
    const proc = await mkdtemp(join(tmpdir(), "kubenurse-proc-"));
    expect([readLinearTimeouts(proc), readSynRetransmits(proc)]).toEqual([0, undefined]);
    await mkdir(join(proc, "sys/net/ipv4"), { recursive: true });
    await writeFile(join(proc, "sys/net/ipv4/tcp_syn_linear_timeouts"), "4\n");
    await mkdir(join(proc, "self/net"), { recursive: true });
    const netstat = join(proc, "self/net/netstat");
    await writeFile(netstat, "TcpExt: A TCPSynRetrans B\nTcpExt: 1 27 3\nIpExt: TCPSynRetrans\nIpExt: 9\n");
    expect([readLinearTimeouts(proc), readSynRetransmits(proc)]).toEqual([4, 27]);
    await writeFile(netstat, "TcpExt: A B\nTcpExt: 1 3\n");
    expect(readSynRetransmits(proc)).toBeUndefined();
    await rm(proc, { recursive: true });
  });
});
