import { expect, it } from "vitest";
import { keyOf } from "./culprits.ts";
import { type Component, componentName, type Layer } from "./finding.ts";
import { createFindings, type Findings } from "./findings.ts";
import { signatures } from "./signatures.ts";

const start = 1_800_000_000;
const [signature] = signatures;

/** Judges a window that accuses these, and tells what is open. */
function judge(
  findings: Findings,
  seconds: number,
  until: number,
  accused: readonly (readonly [Component, Layer])[],
  hosts: readonly string[] = [],
) {
  if (signature === undefined) throw new Error("the catalogue is empty");
  const cause = { best: signature, others: [] };
  const evidence = {
    ...{ windowSeconds: seconds, until: start + until, loss: 0.5, score: 50, bad: 9, probes: 18 },
    ...{ reporters: [], reporterCount: 3, explained: [], explainedCount: 0 },
  };
  findings.judge({
    ...{ seconds, until: start + until, speaksAgainst: new Map() },
    accusations: accused.map(([component, layer]) => ({
      culprit: {
        ...{ key: keyOf(component, layer), component, layer, verdicts: [], tied: [] },
        suspects: [{ component, layer, loss: 0.5 }],
      },
      nodes: "node" in component ? [component.node] : hosts,
      isLasting: () => true,
      isFading: () => false,
      plea: () => ({ cause, evidence, witnesses: "enough" }),
    })),
  });
  return findings.open().map(({ component }) => `${component.kind} ${componentName(component)}`);
}

it("lays nothing to a part of a node while the node is broken, nor in windows that reach back to it", () => {
  const findings = createFindings();
  const large = [{ kind: "node", node: "a" }, "large"] as const;
  const proxies = ["a", "b"].map((node) => [{ kind: "proxy", node }, "any"] as const);
  judge(findings, 10, 10, [large]);
  expect(judge(findings, 10, 15, [large])).toEqual(["node a"]);
  judge(findings, 60, 20, proxies);
  expect(judge(findings, 60, 30, proxies)).toEqual(["node a", "proxy b"]);
  for (const until of [20, 25, 30]) judge(findings, 10, until, []);
  expect(findings.closed().map(({ component }) => component.kind)).toEqual(["node"]);
  judge(findings, 60, 70, proxies);
  expect(judge(findings, 60, 80, proxies)).toEqual(["proxy b"]);
  // A minute after the node was last seen broken, it is news.
  judge(findings, 60, 100, proxies);
  expect(judge(findings, 60, 110, proxies)).toEqual(["proxy b", "proxy a"]);
});

it("tells a node as a whole beside what was found of it in part", () => {
  const findings = createFindings();
  const proxy = [{ kind: "proxy", node: "a" }, "any"] as const;
  const whole = [{ kind: "node", node: "a" }, "any"] as const;
  judge(findings, 10, 10, [proxy]);
  judge(findings, 10, 15, [proxy, whole]);
  expect(judge(findings, 10, 20, [proxy, whole])).toEqual(["proxy a", "node a"]);
});

it("lays nothing to the DNS of a node that is cut off from another one, where a DNS pod may be", () => {
  const findings = createFindings();
  const pair = [{ kind: "pair", from: "a", to: "b" }, "pod"] as const;
  const names = [
    [{ kind: "nodelocaldns", node: "b" }, "any"],
    [{ kind: "out", node: "a" }, "dns_udp"],
  ] as const;
  judge(findings, 10, 10, [pair, ...names]);
  expect(judge(findings, 10, 15, [pair, ...names])).toEqual(["pair a → b"]);
  judge(findings, 60, 20, names);
  expect(judge(findings, 60, 30, [...names, [{ kind: "nodelocaldns", node: "c" }, "any"]])).toEqual([
    "pair a → b",
  ]);
});

it("lays nothing to a DNS pod of a node that is broken as a whole", () => {
  const findings = createFindings();
  const whole = [{ kind: "node", node: "a" }, "pod"] as const;
  const pod = [{ kind: "dns", pod: "coredns" }, "any"] as const;
  for (const until of [10, 15, 20]) judge(findings, 10, until, [whole, pod], ["a"]);
  expect(judge(findings, 10, 25, [whole, pod], ["a"])).toEqual(["node a"]);
  judge(findings, 10, 30, [whole, pod], ["b"]);
  expect(judge(findings, 10, 35, [whole, pod], ["b"])).toEqual(["node a", "dns coredns"]);
});
