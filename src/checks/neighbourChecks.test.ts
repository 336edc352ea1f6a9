import { expect, it } from "vitest";
import { testEdges } from "../../test/peers/edges.ts";
import { loadConfig } from "../config/loadConfig.ts";
import type { Peer } from "../discovery/peer.ts";
import { chooseNeighbours } from "../mesh/ring.ts";
import { chooseWatched } from "../mesh/zonedRing.ts";
import { createTrust } from "../probes/http/trust.ts";
import { httpChecks } from "./httpCheck.ts";
import { createNeighbourChecks } from "./neighbourChecks.ts";

const peers: readonly Peer[] = Array.from({ length: 30 }, (_, n) => ({
  ...{ podName: `nurse-${n}`, podIP: `10.0.0.${n}`, hostIP: "", nodeName: `node-${n}`, settledAt: 0 },
  zone: `zone-${n % 3}`,
}));
const own = { name: "own", zone: "zone-1", schedulable: true };

/** The checks that start where the settings are these. */
function startedWith(environment: Record<string, string>): string[] {
  const { config } = loadConfig(environment);
  const started: string[] = [];
  const checks = {
    start: ({ subject }: { subject: { type: string } }) => void started.push(subject.type),
    end() {},
  };
  const httpCheck = httpChecks({ config, trust: createTrust(true, []) });
  const results = { latest: () => new Map() };
  createNeighbourChecks(config, testEdges(), checks, httpCheck, results).follow({
    view: () => ({ state: "fresh", peers }),
    ownNode: () => own,
  });
  return started;
}

const pathsTo = (chosen: readonly Peer[]) => chosen.map(({ nodeName }) => `path_${nodeName}`);

it("chooses neighbours as every kubenurse does, unless told otherwise", () => {
  expect(startedWith({})).toEqual(pathsTo(chooseNeighbours(peers, "own", 10)));
});

it("chooses them as the mesh does where the setting says so", () => {
  const watched = chooseWatched(peers, { nodeName: "own", zone: "zone-1" }, 6);
  expect(startedWith({ KUBENURSE_NEIGHBOUR_CHOICE: "zones", KUBENURSE_NEIGHBOUR_LIMIT: "6" })).toEqual(
    pathsTo(watched),
  );
  expect(startedWith({ KUBENURSE_NEIGHBOUR_CHOICE: "zones", KUBENURSE_NEIGHBOUR_LIMIT: "0" })).toHaveLength(
    30,
  );
});
