import { describe, expect, it } from "vitest";
import { runEveryCheck } from "../../test/peers/everyCheck.ts";
import { simulatedClock } from "../../test/peers/simulatedClock.ts";
import { createResults } from "../results/store.ts";
import { isOwnType, isTakenType } from "./ownTypes.ts";

describe("a name that is taken", () => {
  it("is that of any check of a whole agent", () => {
    const results = createResults(simulatedClock());
    runEveryCheck(results);
    const names = Array.from(results.subjects(), ({ type }) => type);
    expect(names.length).toBeGreaterThan(50);
    expect(names.filter((name) => !isTakenType(name))).toEqual([]);
    results.stop();
  });

  it.each(["mesh_rotation_1", "api_server_endpoint_12", "dns_resolver_2_tcp", "udp_node-1.example.org"])(
    "is %s, too",
    (name) => expect(isTakenType(name)).toBe(true),
  );

  it.each(["dns_google", "tcp_My_DB", "me_too", "api_server_other", "pathology", "registry"])(
    "is not %s, which no built-in check can have",
    (name) => expect(isTakenType(name)).toBe(false),
  );
});

it("a settings file may not have what begins like a built-in check's name either", () => {
  expect(isOwnType("dns_google")).toBe(true);
  expect(isOwnType("registry")).toBe(false);
});
