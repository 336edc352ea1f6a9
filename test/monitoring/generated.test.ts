import { readdirSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { withCauses } from "../../scripts/writeCauses.ts";
import { monitoringFiles } from "../../scripts/writeMonitoring.ts";
import { signatures } from "../../src/diagnosis/signatures.ts";
import { catalogue } from "../../src/metrics/catalogue.ts";
import { panelQueries } from "./panels.ts";
import { rulesFile } from "./promtool.ts";

interface Rule {
  readonly alert?: string;
  readonly record?: string;
  readonly expr: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

const source = readFileSync(rulesFile, "utf8");
const { groups } = parse(source) as { groups: { rules: Rule[] }[] };
const rules = groups.flatMap(({ rules }) => rules);
const alerts = rules.filter(({ alert }) => alert !== undefined);

describe("written files", () => {
  test.for(Object.entries(monitoringFiles()))("%s is what `npm run monitoring` writes", ([path, text]) => {
    expect(readFileSync(path, "utf8")).toBe(text);
  });

  test("the PrometheusRule holds the rules unchanged", () => {
    const text = monitoringFiles()["manifests/monitoring/prometheusrule.yaml"] ?? "";
    expect(parse(text).spec).toEqual(parse(source));
  });

  test("no dashboard is left over from an earlier name", () => {
    const written = Object.keys(monitoringFiles()).filter((path) => path.endsWith(".json"));
    expect(readdirSync("chart/files/dashboards").sort()).toEqual(
      written.map((path) => basename(path)).sort(),
    );
  });
});

describe("alerts", () => {
  test.for(alerts)("$alert says how bad it is, where, and what to do", ({ alert, labels, annotations }) => {
    expect(labels?.severity).toMatch(/critical|warning/);
    expect(annotations?.summary).toMatch(/\.$/);
    expect(annotations?.description).toMatch(/\$labels\.(node|zone)|all zones/);
    const [page, section = "{{ $labels.cause }}"] = annotations?.runbook_url?.split("#") ?? [];
    expect([page, section]).toEqual([`docs/runbooks/${alert}.md`, "{{ $labels.cause }}"]);
    expect(readFileSync(`docs/runbooks/${alert}.md`, "utf8")).toMatch(
      /^# \w+\n[\s\S]*## Look first[\s\S]*## Likely causes[\s\S]*## How it clears/,
    );
  });

  test("each has a line in the runbooks' list, and no page is left over", () => {
    const names = alerts.map(({ alert }) => alert);
    const listed = [...readFileSync("docs/runbooks/README.md", "utf8").matchAll(/^\| \[(\w+)\]/gm)];
    expect(listed.map(([, name]) => name).sort()).toEqual(names.toSorted());
    expect(readdirSync("docs/runbooks").sort()).toEqual(
      ["README.md", ...names.map((name) => `${name}.md`)].sort(),
    );
  });
});

describe("the runbook of findings", () => {
  const runbook = readFileSync("docs/runbooks/KubenurseFinding.md", "utf8");

  test("has the causes of the catalogue (else run `npm run causes`)", () => {
    expect(runbook).toBe(withCauses(runbook));
  });

  test("has the section that each finding's alert links to", () => {
    const sections = [...runbook.matchAll(/^### (\S+)$/gm)].map(([, slug]) => slug);
    expect(sections).toEqual([...signatures.map(({ slug }) => slug), "unknown"]);
    expect(new Set(sections).size).toBe(sections.length);
  });
});

test("rules name only causes that exist", () => {
  const causes = rules.flatMap(({ expr }) =>
    [...expr.matchAll(/\bcause(?:=|!=|=~|!~)"([^"]+)"/g)].flatMap(([, named = ""]) => named.split("|")),
  );
  expect(causes.length).toBeGreaterThan(5);
  expect(signatures.map(({ slug }) => slug)).toEqual(expect.arrayContaining(causes));
});

test("queries name only metrics that exist", () => {
  const own = Object.values(catalogue).flatMap(({ name }) =>
    ["", "_bucket", "_sum", "_count"].map((part) => name + part),
  );
  // The last ones are those of Prometheus and of kube-state-metrics.
  const known = new Set([
    ...own,
    ...rules.map(({ record }) => record),
    "up",
    "ALERTS",
    "kube_pod_info",
    "kube_node_spec_unschedulable",
  ]);
  const variables = { node: "node-1", type: "me_service", __rate_interval: "1m" };
  const queries = [
    ...rules.map(({ expr }) => expr),
    ...panelQueries(variables).map(({ expression }) => expression),
  ];
  const named = queries.flatMap(
    (query) => query.match(/\b(?:\w+:)?(?:kubenurse|process|kube)[_:][\w:]+|\bup\b/g) ?? [],
  );
  expect(named.length).toBeGreaterThan(100);
  expect(named.filter((name) => !known.has(name))).toEqual([]);
});
