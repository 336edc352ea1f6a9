import { createAgent } from "../agent.ts";
import { runUntilSignal } from "./runUntilSignal.ts";

/** Runs the agent; throws as `runUntilSignal`. */
export function runAgent(): Promise<void> {
  return runUntilSignal(createAgent);
}
