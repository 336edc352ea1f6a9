import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { ciValues } from "./ciValues.ts";
import { chart, helm } from "./helm.ts";

async function notes(...values: string[]): Promise<string> {
  const text = await helm(
    "install",
    "kubenurse",
    chart,
    "--namespace",
    "network",
    "--dry-run=client",
    ...values,
  );
  return text.slice(text.indexOf("NOTES:"));
}

/** From the page that a test compares with the metrics themselves. */
function documentedSeries(detail: string): number {
  const page = readFileSync("docs/metrics.md", "utf8");
  const [, count = ""] = new RegExp(`^\\| \`${detail}\` \\| ([\\d,]+) \\|$`, "m").exec(page) ?? [];
  return Number(count.replace(",", ""));
}

test.each(["full", "lean"])("the number of series in %s detail is the documented one", async (detail) => {
  const text = await notes("--set", `ingress.url=example.com,metrics_detail=${detail}`);
  expect(text).toContain(`at most ${documentedSeries(detail)}, and`);
});

test("they say what was installed and how to look at it, and warn of nothing where nothing is unsafe", async () => {
  const text = await notes();
  expect(text).toContain("kubenurse 2.0.0 is DaemonSet kubenurse in namespace network");
  expect(text).toContain("kubectl -n network port-forward daemonset/kubenurse 8080:8080");
  expect(text).toContain("me_ingress is off");
  expect(text).not.toContain("WARNING");
});

test.each([
  [
    "upstream",
    [
      "insecure is true",
      "placeholder of the Go kubenurse",
      "repository names the Go kubenurse",
      "neighbour_filter has no effect",
    ],
  ],
  ["tls", ["certificate must be valid for the address of its pod"]],
  ["hostnetwork", ["takes port 8080 on every node"]],
])("they warn of what is unsafe in %s-values.yaml", async (name, warnings) => {
  const text = await notes(...ciValues(name));
  const lines = text.split("\n").filter((line) => line.startsWith("WARNING: "));
  expect(lines).toEqual(warnings.map((warning) => expect.stringContaining(warning)));
});

test.each([
  ["1m30s", 94, ["WARNING: an agent takes 95 s to stop"]],
  ["1m30s", 95, []],
  ["25.5s", 30, []],
])("they compare a shutdown_duration of %s with %d s of grace", async (duration, grace, warnings) => {
  const given = `shutdown_duration=${duration},daemonset.terminationGracePeriodSeconds=${grace}`;
  const lines = (await notes("--set", given)).split("\n").filter((line) => line.startsWith("WARNING: "));
  expect(lines).toEqual(warnings.map((warning) => expect.stringContaining(warning)));
});

test("they warn of a neighbour_filter only where it has no effect", async () => {
  const filter = "neighbour_filter=app=kubenurse";
  expect(await notes("--set", filter)).toContain("neighbour_filter has no effect");
  expect(await notes("--set", `${filter},discovery.mode=pods`)).not.toContain("neighbour_filter");
});
