import { createAnalyser } from "../analyser.ts";
import { runUntilSignal } from "./runUntilSignal.ts";

/** Runs `kubenurse analyse`; throws as `runUntilSignal`. */
export function runAnalyser(): Promise<void> {
  return runUntilSignal(createAnalyser);
}
