import { constants } from "node:os";
import { createAgent } from "../agent.ts";
import { loadConfig } from "../config/loadConfig.ts";
import { realEdges } from "../realEdges.ts";

/**
 * Runs the agent until SIGINT or SIGTERM; a second signal ends the process at once.
 * @throws ConfigError, and the error of a start that failed, such as a port that is taken.
 */
export async function runAgent(): Promise<void> {
  const { config, warnings } = loadConfig(process.env);
  const edges = realEdges(config);
  process.on("unhandledRejection", (error) => {
    edges.log.fatal({ err: error }, "unhandled rejection");
    process.exit(1);
  });
  for (const warning of warnings) edges.log.warn(warning);
  const agent = createAgent(config, edges);
  const signalled = firstSignal();
  await agent.start();
  await signalled;
  await agent.stop();
}

/** Resolves at the first signal. From then on a further one ends the process with 128 and the signal's number. */
function firstSignal(): Promise<void> {
  return new Promise((resolve) => {
    let told = false;
    const tell = (signal: "SIGINT" | "SIGTERM") => {
      if (told) process.exit(128 + constants.signals[signal]);
      told = true;
      resolve();
    };
    process.on("SIGINT", tell);
    process.on("SIGTERM", tell);
  });
}
