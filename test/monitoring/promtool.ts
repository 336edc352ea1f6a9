import { execFile, spawnSync } from "node:child_process";
import { access, mkdtempDisposable, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { scrapeFleet } from "./fleet.ts";
import type { Story } from "./story.ts";

const run = promisify(execFile);

export const rulesFile = fileURLToPath(new URL("../../chart/files/rules.yaml", import.meta.url));

/** Whether a program of Prometheus's is there; where it must be, as in CI, a test that needs it fails by itself. */
export function has(program: "promtool" | "prometheus"): boolean {
  return process.env.CI !== undefined || spawnSync(program, ["--version"]).status === 0;
}

/** The alerts that fire at a second, or have fired by then: as `NAME`, `NAME node` or `NAME node zone`; or how bad those that fire are. */
export type Expectation =
  | { readonly by: number; readonly fired: readonly string[] }
  | { readonly at: number; readonly firing: readonly string[] }
  | { readonly at: number; readonly severities: readonly string[] };

/** In seconds; 30 s are what manifests/monitoring asks for, 15 s the interval of the rules. */
const usual = { scrape: 30, evaluation: 15 };

/** @throws with promtool's account where other alerts fired than expected, or where the rules are missing. */
export async function testRules(
  story: Story,
  expectations: readonly Expectation[],
  intervals = usual,
): Promise<void> {
  // Without its rules, promtool finds that nothing fires.
  await access(rulesFile);
  const tests = {
    rule_files: [rulesFile],
    evaluation_interval: `${intervals.evaluation}s`,
    tests: [
      {
        interval: `${intervals.scrape}s`,
        input_series: scrapeFleet(story, intervals.scrape),
        promql_expr_test: expectations.map(toExpressionTest),
      },
    ],
  };
  await using folder = await mkdtempDisposable(join(tmpdir(), "kubenurse-rules-"));
  const file = join(folder.path, "test.yaml");
  await writeFile(file, JSON.stringify(tests));
  await run("promtool", ["test", "rules", file]).catch((error: { stdout?: string; stderr?: string }) => {
    throw new Error(`${error}\n${error.stdout ?? ""}${error.stderr ?? ""}`);
  });
}

function toExpressionTest(expectation: Expectation) {
  const firing = 'ALERTS{alertstate="firing"}';
  if ("severities" in expectation) {
    return {
      expr: `group by (severity) (${firing})`,
      eval_time: `${expectation.at}s`,
      exp_samples: expectation.severities.map((severity) => ({
        labels: `{severity="${severity}"}`,
        value: 1,
      })),
    };
  }
  const [second, alerts, expected] =
    "by" in expectation
      ? [expectation.by, `last_over_time(${firing}[${expectation.by}s])`, expectation.fired]
      : [expectation.at, firing, expectation.firing];
  return {
    expr: `group by (alertname, node, zone) (${alerts})`,
    eval_time: `${second}s`,
    exp_samples: expected.map(toSample),
  };
}

function toSample(fired: string): { labels: string; value: number } {
  const labels = fired.split(" ").map((value, index) => `${["alertname", "node", "zone"][index]}="${value}"`);
  return { labels: `{${labels.join(", ")}}`, value: 1 };
}
