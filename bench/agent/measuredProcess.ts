import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import type { Question } from "./measuredEdges.ts";

/** What a process took of the machine since it was started; memory in MiB. */
export interface Usage {
  readonly userSeconds: number;
  /** In the kernel, such as for sockets. */
  readonly systemSeconds: number;
  readonly resident: number;
  readonly residentPeak: number;
  readonly anonymous: number;
}

export interface MeasuredProcess {
  usage(): Promise<Usage>;
  ask<Answer>(question: Question): Promise<Answer>;
  stop(): Promise<void>;
}

export function startProcess(argv: readonly string[], environment: Record<string, string>): MeasuredProcess {
  // What options such as `--trace-gc` print goes to the benchmark's standard error.
  const stdio = ["ignore", 2, "inherit", "ipc"] as const;
  const child = spawn(process.execPath, argv, { stdio: [...stdio], env: environment });
  return {
    usage: () => usageOf(child),
    async ask(question) {
      child.send(question);
      const [answer] = await once(child, "message");
      return answer;
    },
    async stop() {
      if (child.exitCode !== null) return;
      child.kill("SIGTERM");
      await once(child, "exit");
    },
  };
}

/** Clock ticks are 1/100 s on every Linux that Node supports; fields 14 and 15 of proc_pid_stat(5). */
async function usageOf({ pid }: ChildProcess): Promise<Usage> {
  const [user = 0, system = 0] =
    (await readFile(`/proc/${pid}/stat`, "utf8")).split(") ")[1]?.split(" ").slice(11, 13).map(Number) ?? [];
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  const mebibytes = (field: string) => Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1]) / 1024;
  return {
    ...{ userSeconds: user / 100, systemSeconds: system / 100 },
    ...{ resident: mebibytes("VmRSS"), residentPeak: mebibytes("VmHWM"), anonymous: mebibytes("RssAnon") },
  };
}
