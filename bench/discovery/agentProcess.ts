import { createAgent } from "../../src/agent.ts";
import { loadConfig } from "../../src/config/loadConfig.ts";
import { realEdges } from "../../src/realEdges.ts";

/** One agent alone in a process, at an address and with a service account that the benchmark chose. */
const {
  BENCH_ADDRESS: listenAddress,
  BENCH_HOSTNAME: hostname,
  BENCH_SERVICE_ACCOUNT: serviceAccountDirectory,
} = process.env;
if (!listenAddress || !hostname || !serviceAccountDirectory)
  throw new Error("to be run by bench/discovery/run.ts");
const { config } = loadConfig(process.env);
const agent = createAgent(config, {
  ...realEdges(config),
  ...{ listenAddress, hostname, serviceAccountDirectory, localAddresses: () => [listenAddress] },
});
process.once("SIGTERM", () => void agent.stop());
await agent.start();
