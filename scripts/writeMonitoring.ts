import { readFileSync, writeFileSync } from "node:fs";
import { dashboards } from "../dashboards/dashboards.ts";

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), "utf8");

/** What is made of chart/files/rules.yaml and of dashboards/, by path. */
export function monitoringFiles(): Record<string, string> {
  const rules = read("chart/files/rules.yaml");
  const origin = "# Written by scripts/writeMonitoring.ts from chart/files/rules.yaml.\n";
  const files: Record<string, string> = {
    "manifests/monitoring/prometheus-rules.yaml": `${origin}${rules}`,
    "manifests/monitoring/prometheusrule.yaml": `${origin}${resourceHead}${indent(rules)}`,
  };
  for (const [name, dashboard] of Object.entries(dashboards())) {
    files[`chart/files/dashboards/${name}.json`] = `${JSON.stringify(dashboard, null, 2)}\n`;
  }
  return files;
}

const resourceHead = `apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: kubenurse
  namespace: monitoring
  labels:
    app: kubenurse
spec:
`;

function indent(text: string): string {
  return text.replace(/^(?=.)/gm, "  ");
}

if (import.meta.main) {
  for (const [path, text] of Object.entries(monitoringFiles())) {
    writeFileSync(new URL(`../${path}`, import.meta.url), text);
  }
}
