import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { build } from "esbuild";
import { startApiServer } from "../../src/demo/api/server.ts";
import { makeCertificateAuthority } from "../../src/demo/certificates.ts";
import { createSimulatedCluster, namespace, service } from "./simulatedCluster.ts";

/**
 * What discovery costs one agent in a large cluster, in both modes, one after the other in one run: `pods` is the baseline.
 * Usage: node bench/discovery/run.ts [NODES] [SECONDS]
 */
const nodes = Number(process.argv[2] ?? 1000);
const seconds = Number(process.argv[3] ?? 60);

const agentAddress = "127.98.0.1";
const peerAddresses = Array.from({ length: 20 }, (_, n) => `127.98.1.${n + 1}`);
const modes = {
  pods: { KUBENURSE_NEIGHBOUR_FILTER: "app=kubenurse" },
  endpointslices: { KUBENURSE_DISCOVERY_SERVICE: service, KUBENURSE_NODE_NAME: "node-0.example.internal" },
};

interface Figures {
  readonly startBytes: number;
  readonly phases: Readonly<
    Record<string, { cpuPercent: number; bytesPerSecond: number; resident: number; anonymous: number }>
  >;
}

const directory = await mkdtemp(join(tmpdir(), "kubenurse-bench-"));
const program = join(directory, "agent.mjs");
await build({
  entryPoints: [join(import.meta.dirname, "agentProcess.ts")],
  ...{
    outfile: program,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node24",
    // Only used with a kubeconfig.
    external: ["*/kubeConfig.ts"],
  },
  banner: { js: 'import { createRequire as r } from "node:module"; const require = r(import.meta.url);' },
});
const peers = await Promise.all(peerAddresses.map(startPeer));
try {
  const results: [string, Figures][] = [];
  for (const [mode, environment] of Object.entries(modes))
    results.push([mode, await measure(mode, environment)]);
  print(results);
} finally {
  for (const peer of peers) peer.close();
  await rm(directory, { recursive: true });
}

async function measure(mode: string, environment: Record<string, string>): Promise<Figures> {
  const authority = await makeCertificateAuthority();
  const certificate = await authority.issue({ addresses: ["127.0.0.1"], names: ["localhost"] });
  await using api = await startApiServer({ address: "127.0.0.1", port: 0, certificate, tokens: ["bench"] });
  const cluster = createSimulatedCluster(api.store, nodes, peerAddresses);
  await writeFile(join(directory, "token"), "bench");
  await writeFile(join(directory, "ca.crt"), authority.certificatePem);
  const agent = spawn(process.execPath, [program], {
    stdio: ["ignore", "ignore", "inherit"],
    env: {
      BENCH_ADDRESS: agentAddress,
      BENCH_HOSTNAME: cluster.ownPod,
      BENCH_SERVICE_ACCOUNT: directory,
      KUBERNETES_SERVICE_HOST: "127.0.0.1",
      KUBERNETES_SERVICE_PORT: String(api.port),
      KUBERNETES_SERVICE_DNS: "localhost",
      KUBENURSE_NAMESPACE: namespace,
      KUBENURSE_LOG_LEVEL: "warn",
      KUBENURSE_SHUTDOWN_DURATION: "0",
      ...environment,
    },
  });
  try {
    process.stderr.write(`${mode}: an agent among ${nodes} nodes\n`);
    await untilReady(agent);
    const startBytes = await bytesRead(agent);
    return {
      startBytes,
      phases: {
        quiet: await observe(agent, `${mode}: kubelets report`, (n) => {
          // Each kubelet reports every 300 s, leases aside.
          if (n % Math.max(1, Math.round(3000 / nodes)) === 0) cluster.reportNode(n % nodes);
        }),
        rollout: await observe(agent, `${mode}: a rolling update`, (n) =>
          cluster.replaceAgent(1 + (n % (nodes - 1))),
        ),
      },
    };
  } finally {
    agent.kill("SIGTERM");
    await once(agent, "exit");
  }
}

/** Ten steps a second for `seconds`; what the agent used meanwhile. */
async function observe(agent: ChildProcess, what: string, step: (n: number) => void) {
  process.stderr.write(`${what}, ${seconds} s\n`);
  const [cpuBefore, bytesBefore] = [await cpuSeconds(agent), await bytesRead(agent)];
  const begun = performance.now();
  for (let n = 0; n < seconds * 10; n += 1) {
    step(n);
    await sleep(Math.max(0, begun + (n + 1) * 100 - performance.now()));
  }
  const elapsed = (performance.now() - begun) / 1000;
  return {
    cpuPercent: (((await cpuSeconds(agent)) - cpuBefore) / elapsed) * 100,
    bytesPerSecond: ((await bytesRead(agent)) - bytesBefore) / elapsed,
    resident: await statusKiB(agent, "VmRSS"),
    anonymous: await statusKiB(agent, "RssAnon"),
  };
}

async function untilReady(agent: ChildProcess): Promise<void> {
  while (agent.exitCode === null) {
    try {
      const metrics = await (await fetch(`http://${agentAddress}:8080/metrics`)).text();
      if (metrics.includes(`kubenurse_peers ${nodes - 1}\n`) && metrics.includes("path_node")) return;
    } catch {}
    await sleep(100);
  }
  throw new Error(`the agent ended with ${agent.exitCode}`);
}

async function startPeer(address: string) {
  const server = createServer((_request, response) => response.end());
  server.on("connection", (socket: Socket) => socket.unref());
  server.listen(8080, address);
  await once(server, "listening");
  return server.unref();
}

/** Clock ticks are 1/100 s on every Linux that Node supports; fields 14 and 15 of proc_pid_stat(5). */
async function cpuSeconds({ pid }: ChildProcess): Promise<number> {
  const [user = 0, system = 0] =
    (await readFile(`/proc/${pid}/stat`, "utf8")).split(") ")[1]?.split(" ").slice(11, 13).map(Number) ?? [];
  return (user + system) / 100;
}

/** Everything read by system calls, which is nearly all from sockets. */
async function bytesRead({ pid }: ChildProcess): Promise<number> {
  return Number(/rchar: (\d+)/.exec(await readFile(`/proc/${pid}/io`, "utf8"))?.[1]);
}

async function statusKiB({ pid }: ChildProcess, field: string): Promise<number> {
  return Number(new RegExp(`${field}:\\s+(\\d+)`).exec(await readFile(`/proc/${pid}/status`, "utf8"))?.[1]);
}

function print(results: readonly [string, Figures][]): void {
  const out = (line: string) => process.stdout.write(`${line}\n`);
  out(`${nodes} nodes, ${seconds} s a phase, one agent with 10 neighbours`);
  out("| mode | phase | CPU of a core | read per second | resident | anonymous |");
  out("|---|---|---|---|---|---|");
  for (const [mode, { startBytes, phases }] of results) {
    out(`| ${mode} | start | | ${(startBytes / 1e6).toFixed(1)} MB in all | | |`);
    for (const [phase, { cpuPercent, bytesPerSecond, resident, anonymous }] of Object.entries(phases)) {
      const memory = `${(resident / 1024).toFixed(0)} MiB | ${(anonymous / 1024).toFixed(0)} MiB`;
      out(
        `| ${mode} | ${phase} | ${cpuPercent.toFixed(1)} % | ${(bytesPerSecond / 1e3).toFixed(1)} kB | ${memory} |`,
      );
    }
  }
}
