import { expect, test } from "vitest";
import { traceEvents } from "./traceEvents.ts";

test("events are at seconds since the start, not lengths of phases", () => {
  expect(traceEvents({ resolve: 1, connect: 2, tls: 4, processing: 8, transfer: 16 })).toEqual([
    { event: "dns_start", seconds: 0 },
    { event: "dns_done", seconds: 1 },
    { event: "connect_start", seconds: 1 },
    { event: "connect_done", seconds: 3 },
    { event: "tls_handshake_start", seconds: 3 },
    { event: "tls_handshake_done", seconds: 7 },
    { event: "got_conn", seconds: 7 },
    { event: "wrote_request", seconds: 7 },
    { event: "got_first_resp_byte", seconds: 15 },
  ]);
});

test("a reused connection has neither lookup, connect nor handshake", () => {
  expect(traceEvents({ processing: 1 }).map(({ event }) => event)).toEqual([
    "got_conn",
    "wrote_request",
    "got_first_resp_byte",
  ]);
});

test("a failure has the events before it, and the start of what failed", () => {
  expect(traceEvents({ resolve: 1, connect: 5 }, "connect")).toEqual([
    { event: "dns_start", seconds: 0 },
    { event: "dns_done", seconds: 1 },
    { event: "connect_start", seconds: 1 },
  ]);
  expect(traceEvents({ connect: 1, processing: 5 }, "processing").map(({ event }) => event)).toEqual([
    "connect_start",
    "connect_done",
    "got_conn",
    "wrote_request",
  ]);
});
