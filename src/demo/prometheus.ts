import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { createAdaptorServer } from "@hono/node-server";
import { Hono } from "hono";
import { listen } from "./network/listener.ts";
import { PreflightError } from "./preflight.ts";

/** An agent that Prometheus is to scrape, with the labels that the chart gives it. */
export interface ScrapeTarget {
  /** Host and port. */
  readonly address: string;
  readonly labels: Readonly<Record<string, string>>;
}

export interface PrometheusOptions {
  /** Asked again every few seconds. */
  readonly targets: () => readonly ScrapeTarget[];
  readonly rulesFile: string;
  readonly scrapeSeconds: number;
  /** Of its pages, at 127.0.0.1; absent means any. */
  readonly port?: number;
}

/** A real Prometheus. */
export interface Prometheus extends AsyncDisposable {
  readonly url: string;
  /** An instant query; @throws Error with Prometheus's account where it can't be answered. */
  query(expression: string): Promise<readonly Result[]>;
}

interface Result {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
}

/** Targets come and go with the pods, so this is how long Prometheus may not know of it. */
const refreshSeconds = 5;

/**
 * Starts the `prometheus` of this machine with its data in a temporary folder; disposing of it leaves nothing behind.
 * @throws PreflightError where there is none.
 */
export async function startPrometheus(options: PrometheusOptions): Promise<Prometheus> {
  await using stack = new AsyncDisposableStack();
  const discovery = await listen(
    createAdaptorServer(targetRoutes(options.targets)) as Server,
    "127.0.0.1",
    0,
  );
  stack.defer(() => discovery.close());
  const folder = await mkdtemp(join(tmpdir(), "kubenurse-prometheus-"));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const configuration = join(folder, "prometheus.json");
  await writeFile(configuration, JSON.stringify(configurationOf(options, discovery.port)));

  const port = options.port ?? (await freePort());
  const url = `http://127.0.0.1:${port}`;
  const child = await spawnPrometheus([
    `--config.file=${configuration}`,
    `--storage.tsdb.path=${join(folder, "data")}`,
    `--web.listen-address=127.0.0.1:${port}`,
    "--log.level=error",
  ]);
  const ended = once(child, "exit");
  stack.defer(async () => {
    child.kill();
    await ended;
  });
  await readiness(child, `${url}/-/ready`);

  const running = stack.move();
  return {
    url,
    query: (expression) => query(url, expression),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

async function spawnPrometheus(parameters: readonly string[]): Promise<ChildProcess> {
  const child = spawn("prometheus", parameters, { stdio: ["ignore", "ignore", "inherit"] });
  await once(child, "spawn").catch((error: Error) => {
    throw new PreflightError(
      `${error.message}: Prometheus has to be on the PATH. On Debian and Ubuntu: apt-get install prometheus; on macOS: brew install ` +
        "prometheus; elsewhere unpack the release archive from https://prometheus.io/download and add its folder to PATH",
    );
  });
  return child;
}

/** Prometheus's HTTP service discovery. */
function targetRoutes(targets: PrometheusOptions["targets"]): Hono {
  return new Hono().get("/targets", (context) =>
    context.json(targets().map(({ address, labels }) => ({ targets: [address], labels }))),
  );
}

function configurationOf({ rulesFile, scrapeSeconds }: PrometheusOptions, discoveryPort: number) {
  return {
    global: {
      scrape_interval: `${scrapeSeconds}s`,
      scrape_timeout: `${Math.min(scrapeSeconds, 10)}s`,
      evaluation_interval: "15s",
    },
    rule_files: [rulesFile],
    scrape_configs: [
      {
        job_name: "kubenurse",
        http_sd_configs: [
          { url: `http://127.0.0.1:${discoveryPort}/targets`, refresh_interval: `${refreshSeconds}s` },
        ],
      },
    ],
  };
}

async function freePort(): Promise<number> {
  const listener = await listen(createServer(), "127.0.0.1", 0);
  await listener.close();
  return listener.port;
}

async function readiness(child: ChildProcess, url: string): Promise<void> {
  while (child.exitCode === null && child.signalCode === null) {
    const response = await fetch(url).catch(() => undefined);
    if (response?.ok) return;
    await pause(100);
  }
  throw new Error("prometheus ended at its start; it says above why");
}

async function query(url: string, expression: string): Promise<readonly Result[]> {
  const response = await fetch(`${url}/api/v1/query`, {
    method: "POST",
    body: new URLSearchParams({ query: expression }),
  });
  const answer = (await response.json()) as { data?: { result: Result[] }; error?: string };
  if (answer.data === undefined) throw new Error(`${expression}: ${answer.error}`);
  return answer.data.result;
}
