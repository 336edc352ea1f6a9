import { expect, it } from "vitest";
import { meshSamples } from "./meshFamilies.ts";

const none = { ok: 0, failed: 0 };
const retries = { new_port: { ok: 2, failed: 1 }, node_address: none, third_party: none, reverse: none };

const lines = (...state: Parameters<typeof meshSamples>) =>
  meshSamples(...state).map(({ name, labels, value }) => `${name}${JSON.stringify(labels)} ${value}`);

it("shows neighbours, coverage and what came of retries, all from the start", () => {
  const shown = lines({ neighbours: 10, coverage: { ratio: 0.5, oldestSeconds: 30 }, retries });
  expect(shown.slice(0, 5)).toEqual([
    "kubenurse_mesh_neighbours{} 10",
    "kubenurse_mesh_pairs_covered_ratio{} 0.5",
    "kubenurse_mesh_oldest_pair_age_seconds{} 30",
    'kubenurse_mesh_pair_retries_total{"retry":"new_port","result":"ok"} 2',
    'kubenurse_mesh_pair_retries_total{"retry":"new_port","result":"failed"} 1',
  ]);
  expect(shown).toHaveLength(11);
});

it("shows no coverage while there is nobody to visit", () => {
  expect(lines({ neighbours: 0, coverage: undefined, retries })).toHaveLength(9);
});
