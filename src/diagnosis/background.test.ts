import { expect, it } from "vitest";
import { createBackground } from "./background.ts";
import { createGraph } from "./graph.ts";
import { topologyOf } from "./topology.ts";

it("leaves out, in each family of flows, the node that loses most of them, whoever loses most of others", () => {
  const graph = createGraph(topologyOf({}));
  const nodes = ["a", "b", "c", "d", "e", "f"];
  const service = { kind: "service", via: "address" } as const;
  const flows = nodes.flatMap((node, place) => {
    const to = { kind: "node", node: nodes[(place + 1) % nodes.length] ?? "" } as const;
    return [
      { number: graph.flow(node, { probe: "service", target: service }), bad: node === "a" ? 5 : 0 },
      { number: graph.flow(node, { probe: "http", target: to }), bad: node === "d" ? 30 : 0 },
    ];
  });
  const bad: number[] = [];
  for (const flow of flows) bad[flow.number] = flow.bad;
  const background = createBackground();
  background.learn(graph, { good: Array(graph.flows).fill(200), bad }, () => false);
  const family = graph.tables().family[flows[0]?.number ?? -1] ?? -1;
  // One loss is assumed before anything is seen; none of the five others lost any.
  expect(background.losses(graph)[family]).toBeLessThan(1.5 / 1000);
});

it("takes what 1,000 nodes lose by chance for what it is, though most of them lose nothing", () => {
  const graph = createGraph(topologyOf({}));
  const ingress = { kind: "ingress" } as const;
  const numbers = Array.from({ length: 1000 }, (_, n) =>
    graph.flow(`n${n}`, { probe: "http", target: ingress }),
  );
  const good: number[] = [];
  const bad: number[] = [];
  for (const [n, number] of numbers.entries()) {
    // One in 500, of nodes that were tested 40 times each.
    bad[number] = n % 25 < 2 ? 1 : 0;
    good[number] = 40 - (bad[number] ?? 0);
  }
  const background = createBackground();
  background.learn(graph, { good, bad }, () => false);
  expect(background.losses(graph)[graph.tables().family[numbers[0] ?? 0] ?? 0]).toBeGreaterThan(1 / 500);
});
