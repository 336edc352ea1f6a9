import { constants } from "node:os";
import type { Config } from "../config/config.ts";
import { loadConfig } from "../config/loadConfig.ts";
import type { Edges } from "../edges.ts";
import { realEdges } from "../realEdges.ts";

/** What runs until it is told to end. */
interface Service {
  start(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Runs a service with the environment's settings until SIGINT or SIGTERM; a second signal ends the process at once.
 * @throws ConfigError, and the error of a start that failed, such as a port that is taken.
 */
export async function runUntilSignal(create: (config: Config, edges: Edges) => Service): Promise<void> {
  const { config, warnings } = loadConfig(process.env);
  const edges = realEdges(config);
  process.on("unhandledRejection", (error) => {
    edges.log.fatal({ err: error }, "unhandled rejection");
    process.exit(1);
  });
  for (const warning of warnings) edges.log.warn(warning);
  const service = create(config, edges);
  const signalled = firstSignal();
  await service.start();
  await signalled;
  await service.stop();
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
