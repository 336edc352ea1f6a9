import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdtempDisposable, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { has } from "./promtool.ts";

const read = (path: string) => parse(readFileSync(`manifests/${path}`, "utf8"));

test.skipIf(!has("promtool"))("Prometheus takes the configuration and the rules beside it", async () => {
  // Debian's Prometheus is built without discovery through Kubernetes.
  const { kubernetes_sd_configs: discovery, ...scrape } = read("monitoring/prometheus.yaml")
    .scrape_configs[0];
  const configuration = {
    ...read("monitoring/prometheus.yaml"),
    rule_files: [resolve("manifests/monitoring/prometheus-rules.yaml")],
    scrape_configs: [scrape],
  };
  await using folder = await mkdtempDisposable(join(tmpdir(), "kubenurse-config-"));
  const file = join(folder.path, "prometheus.yaml");
  await writeFile(file, JSON.stringify(configuration));
  const { status, stdout, stderr } = spawnSync("promtool", ["check", "config", file], { encoding: "utf8" });
  expect(discovery).toHaveLength(1);
  expect(`${status} ${stdout}${stderr}`).toMatch(/^0 [\s\S]*\d+ rules found/);
});

test("the ServiceMonitor and the configuration select the Service of manifests/base, and know its node", () => {
  const service = read("base/service.yaml");
  const { namespace } = service.metadata;
  const { spec } = read("monitoring/servicemonitor.yaml");
  const [port] = service.spec.ports;
  expect(spec.selector.matchLabels).toEqual(service.metadata.labels);
  expect(spec.namespaceSelector.matchNames).toEqual([namespace]);
  expect(spec.endpoints).toEqual([
    {
      ...{ port: port.name, interval: "30s" },
      relabelings: [{ sourceLabels: ["__meta_kubernetes_pod_node_name"], targetLabel: "node" }],
    },
  ]);
  const [scrape] = read("monitoring/prometheus.yaml").scrape_configs;
  expect(scrape.kubernetes_sd_configs[0].namespaces.names).toEqual([namespace]);
  expect(scrape.relabel_configs[0].regex).toBe(`${service.metadata.labels.app};${port.name}`);
});
