import { say } from "./waiting.ts";

/** Runs a trial to its end, or until it is told to end and has healed the cluster. The process ends with 0 where all was right, else with 1, or 130. */
export async function untilInterrupted(trial: (signal: AbortSignal) => Promise<boolean>): Promise<void> {
  const end = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, () => end.abort());
  try {
    process.exitCode = (await trial(end.signal)) ? 0 : 1;
  } catch (error) {
    if (!end.signal.aborted) throw error;
    say("interrupted");
    process.exitCode = 130;
  }
}
