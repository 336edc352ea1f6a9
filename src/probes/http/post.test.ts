import { text } from "node:stream/consumers";
import { expect, it } from "vitest";
import { fastClock, testEdges } from "../../../test/peers/edges.ts";
import { startHttpPeer, startTcpPeer } from "../../../test/peers/httpPeer.ts";
import { type PostOptions, post } from "./post.ts";
import { createTrust } from "./trust.ts";

const options: PostOptions = {
  headers: { "x-from": "a" },
  trust: createTrust(true, []),
  seconds: 5,
  answerBytes: 100,
};
const context = { edges: testEdges({ clock: fastClock(10) }), signal: new AbortController().signal };

it("sends a text with its headers, gives the answer's, and closes the connection", async () => {
  await using peer = await startHttpPeer(async (request, response) => {
    response.end(`${request.method} ${request.headers["x-from"]} ${await text(request)}`);
  });
  expect(await post(peer.url, "question", options, context)).toBe("POST a question");
  await peer.allClosed();
});

it.each([
  ["of another status", 500, "", "http_status"],
  ["that is too long", 200, "x".repeat(101), "body_mismatch"],
])("rejects an answer %s", async (_which, code, answer, reason) => {
  await using peer = await startHttpPeer((_request, response) => {
    response.writeHead(code).end(answer);
  });
  await expect(post(peer.url, "", options, context)).rejects.toMatchObject({ reason });
  await peer.allClosed();
});

it("rejects when the answer does not come or does not end in time", async () => {
  await using silent = await startTcpPeer(() => {});
  await expect(post(silent.url, "", options, context)).rejects.toMatchObject({ reason: "response_timeout" });
  await silent.allClosed();
  await using endless = await startHttpPeer((_request, response) => void response.write("x"));
  await expect(post(endless.url, "", options, context)).rejects.toMatchObject({ reason: "body_stall" });
  await endless.allClosed();
});

it("rejects with the signal's reason when it is called off", async () => {
  await using silent = await startTcpPeer(() => {});
  const signal = AbortSignal.abort("stopping");
  await expect(post(silent.url, "", options, { ...context, signal })).rejects.toBe("stopping");
});
