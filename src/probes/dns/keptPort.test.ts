import { describe, expect, it } from "vitest";
import { answerTo, type DnsPeer, startDnsPeer } from "../../../test/peers/dnsPeer.ts";
import { fastClock, testEdges } from "../../../test/peers/edges.ts";
import { eventually } from "../../../test/peers/eventually.ts";
import type { DatagramOptions, Datagrams, Edges } from "../../edges.ts";
import { openDatagrams } from "../../realDatagrams.ts";
import { createKeptPort, type KeptPort } from "./keptPort.ts";
import { dnsProbe } from "./probe.ts";

const never = new AbortController().signal;
const edges = testEdges({ clock: fastClock(10) });

const attempt = (peer: Pick<DnsPeer, "at">, transport: KeptPort, having: Edges = edges) =>
  dnsProbe.attempt(
    {
      server: peer.at,
      transport,
      name: "kubernetes.default.svc.cluster.local",
      type: "A",
      expect: "answers",
    },
    { signal: never, edges: having },
  );
const portsOf = ({ queries }: DnsPeer) => new Set(queries.map(({ port }) => port)).size;

/** Real ports that the test can break and count. */
function countedPorts() {
  const opened: { port: Datagrams; closed: boolean; onError: DatagramOptions["onError"] }[] = [];
  return {
    opened,
    async openDatagrams(options: DatagramOptions) {
      const port = await openDatagrams(options);
      const entry = { port, closed: false, onError: options.onError };
      opened.push(entry);
      const close = () => {
        entry.closed = true;
        port.close();
      };
      return { ...port, close };
    },
  };
}

describe("a kept port", () => {
  it("asks from the same port each time, and is closed at the end", async () => {
    const ports = countedPorts();
    const kept = createKeptPort(ports);
    await using peer = await startDnsPeer((query, reply) => reply(answerTo(query)));
    for (let n = 0; n < 3; n++) expect((await attempt(peer, kept)).state).toBe("ok");
    expect([portsOf(peer), ports.opened.length, ports.opened[0]?.closed]).toEqual([1, 1, false]);
    kept.close();
    expect(ports.opened[0]?.closed).toBe(true);
  });

  it("passes over the late answer to an earlier query", async () => {
    const kept = createKeptPort({ openDatagrams });
    const late: Buffer[] = [];
    await using peer = await startDnsPeer((query, reply) => {
      for (const answer of late) reply(answer);
      if (late.length < 2) late.push(answerTo(query));
    });
    // Of a silent server, and not of one that answers another question.
    for (let n = 0; n < 3; n++) expect(await attempt(peer, kept)).toMatchObject({ reason: "dns_timeout" });
    expect([portsOf(peer), peer.queries.length]).toEqual([1, 3]);
    kept.close();
  });

  it("takes the answer to a query that has an earlier one's id by chance", async () => {
    const kept = createKeptPort({ openDatagrams });
    await using peer = await startDnsPeer((query, reply) => reply(answerTo(query)));
    const always = { ...edges, random: () => 0.5 };
    for (let n = 0; n < 3; n++) expect((await attempt(peer, kept, always)).state).toBe("ok");
    kept.close();
  });

  it("still says when an answer is to no query at all", async () => {
    const kept = createKeptPort({ openDatagrams });
    await using peer = await startDnsPeer((query, reply) =>
      reply(answerTo(query, { id: ((query.id ?? 0) + 1) % 65_536 })),
    );
    expect(await attempt(peer, kept)).toMatchObject({ state: "failed", reason: "dns_mismatch" });
    kept.close();
  });

  it("stays the same after the server refused", async () => {
    const ports = countedPorts();
    const kept = createKeptPort(ports);
    const peer = await startDnsPeer(() => {});
    await peer[Symbol.asyncDispose]();
    for (let n = 0; n < 2; n++) {
      expect(await attempt(peer, kept)).toMatchObject({ state: "failed", reason: "connect_refused" });
    }
    expect(ports.opened).toHaveLength(1);
    kept.close();
  });

  it("is opened anew after an error of this host", async () => {
    const ports = countedPorts();
    const kept = createKeptPort(ports);
    await using peer = await startDnsPeer((query, reply) => reply(answerTo(query)));
    await attempt(peer, kept);
    ports.opened[0]?.onError(Object.assign(new Error("send ENETDOWN"), { code: "ENETDOWN" }));
    expect(ports.opened[0]?.closed).toBe(true);
    expect((await attempt(peer, kept)).state).toBe("ok");
    expect(ports.opened).toHaveLength(2);
    kept.close();
  });

  it("leaves nothing open when it is closed while it is opened", async () => {
    const ports = countedPorts();
    const kept = createKeptPort(ports);
    await using peer = await startDnsPeer(() => {});
    const outcome = attempt(peer, kept);
    kept.close();
    await eventually(() => expect(ports.opened.map(({ closed }) => closed)).toEqual([true]));
    expect(await outcome).toMatchObject({ state: "failed", reason: "dns_timeout" });
    expect(peer.queries).toEqual([]);
  });
});
