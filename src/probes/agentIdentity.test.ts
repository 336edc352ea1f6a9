import { assert, option, property, record, string } from "fast-check";
import { describe, expect, it } from "vitest";
import { readAgentHeader, writeAgentHeader } from "./agentIdentity.ts";

const full = { pod: "nurse-x7k2p", node: "node-1.example", nodeAddress: "192.0.2.7" };

describe("an agent's identity", () => {
  it("is written as pod, node and node-address, and read back", () => {
    const text = "pod=nurse-x7k2p; node=node-1.example; node-address=192.0.2.7";
    expect(writeAgentHeader(full)).toBe(text);
    expect(readAgentHeader(text)).toEqual(full);
    expect(readAgentHeader("node-address=2001:db8::7;pod=a;new=thing")).toEqual({
      pod: "a",
      nodeAddress: "2001:db8::7",
    });
  });

  it("lacks what its agent does not know", () => {
    expect(writeAgentHeader({ pod: "nurse-a" })).toBe("pod=nurse-a");
    expect(readAgentHeader("pod=nurse-a")).toEqual({ pod: "nurse-a" });
  });

  it.each([
    undefined,
    "",
    "nurse-a",
    "pod",
    "pod=",
    "node=node-1",
    "pod=a b",
    "pod=-a",
    "pod=<script>",
    `pod=${"a".repeat(254)}`,
    // As Node joins a header that was sent twice.
    "pod=a, pod=b",
  ])("is absent from %j", (text) => {
    expect(readAgentHeader(text)).toBeUndefined();
  });

  it.each([
    "node=n 1",
    "node=",
    "node-address=300.1.1.1",
    "node-address=node-1",
    "node-address=fe80::1%eth0",
  ])("does not hold %j", (part) => {
    expect(readAgentHeader(`pod=a; ${part}`)).toEqual({ pod: "a" });
  });

  it("is written so that a header can hold it, whatever names a host has", () => {
    const anything = option(string({ unit: "binary" }), { nil: undefined });
    assert(
      property(
        record({ pod: string({ unit: "binary" }), node: anything, nodeAddress: anything }),
        (identity) => {
          expect(writeAgentHeader(identity)).toMatch(/^[\x20-\x7e]*$/);
        },
      ),
    );
  });
});
