import { request } from "node:http";
import { text } from "node:stream/consumers";
import { afterEach, describe, expect, it } from "vitest";
import { type MeshAgents, startMeshAgents } from "../../test/peers/meshAgents.ts";
import { sign } from "../mesh/signature.ts";

const question = JSON.stringify({ node: "b", back: "c" });
let agents: MeshAgents;
afterEach(() => agents[Symbol.asyncDispose]());

/** Asks the agent on node a from the address of node c, unless told otherwise. */
async function ask(
  body: string,
  { from = "127.74.0.3", headers = {} } = {},
): Promise<[status: number, text: string]> {
  const to = { host: "127.74.0.1", port: 8080, localAddress: from, agent: false };
  const { promise, resolve, reject } = Promise.withResolvers<[number, string]>();
  request({ ...to, method: "POST", path: "/retry", headers }, async (response) => {
    resolve([response.statusCode ?? 0, await text(response)]);
  })
    .on("error", reject)
    .end(body);
  return promise;
}

const nodes = ["a", "b", "c"];

describe("/retry", () => {
  it("tells a known agent how the asked one and the other end fare", async () => {
    agents = await startMeshAgents("127.74", nodes);
    expect(await ask(question)).toEqual([200, '{"tested":"ok","back":"ok"}']);
    agents.isBroken = (from, to) => (from === "b" && to === "c") || (from === "a" && to === "b");
    expect(await ask('{"node":"b"}')).toEqual([200, '{"tested":"connect_unreachable"}']);
    agents.isBroken = (from, to) => from === "b" && to === "c";
    expect(await ask(question)).toEqual([200, '{"tested":"ok","back":"connect_unreachable"}']);
  });

  it("tests no node that discovery does not know, and no address", async () => {
    agents = await startMeshAgents("127.74", nodes);
    let connections = 0;
    agents.isBroken = () => {
      connections += 1;
      return false;
    };
    for (const node of ["z", "127.74.0.2", "a"]) {
      expect(await ask(JSON.stringify({ node }))).toEqual([200, '{"tested":"unknown"}']);
    }
    expect(connections).toBe(0);
  });

  it("answers only known addresses where there is no key", async () => {
    agents = await startMeshAgents("127.74", nodes);
    expect((await ask(question, { from: "127.74.0.9" }))[0]).toBe(403);
  });

  it("answers only what is signed where there is a key, whatever the address", async () => {
    agents = await startMeshAgents("127.74", nodes, { KUBENURSE_MESH_KEY: "secret" });
    const signed = (key: string) => ({
      from: "127.74.0.9",
      headers: { "kubenurse-signature": sign(key, "/retry", question) },
    });
    expect((await ask(question))[0]).toBe(403);
    expect((await ask(question, signed("guess")))[0]).toBe(403);
    expect((await ask('{"node":"c"}', signed("secret")))[0]).toBe(403);
    // Two agents that share the key answer each other's signed questions.
    expect(await ask(question, signed("secret"))).toEqual([200, '{"tested":"ok","back":"ok"}']);
  });

  it.each([
    ["no JSON", "b"],
    ["no node", "{}"],
    ["a number as node", '{"node":1}'],
    ["null", "null"],
    ["more than 4 KiB", `${question}${" ".repeat(4096)}`],
  ])("refuses %s", async (_what, body) => {
    agents = await startMeshAgents("127.74", nodes);
    expect((await ask(body))[0]).toBe(400);
  });

  it("gives no more than five at once", async () => {
    agents = await startMeshAgents("127.74", nodes);
    const statuses = await Promise.all(
      Array.from({ length: 12 }, async () => (await ask('{"node":"z"}'))[0]),
    );
    expect(statuses.filter((status) => status === 200).length).toBeGreaterThanOrEqual(4);
    expect(statuses).toContain(429);
  });
});
