import type { CommandContext } from "../cli/diagnosisCommand.ts";
import { terminalOf } from "../cli/terminal.ts";
import { letReaderGo } from "./endProcess.ts";
import { printLines } from "./runProgram.ts";

/** This process, for the commands that ask the running agents. */
export function commandContext(): CommandContext {
  letReaderGo(process.stdout);
  return {
    terminal: terminalOf(process.stdout, process.env),
    environment: process.env,
    now: () => Date.now() / 1000,
    interrupted() {
      const ending = new AbortController();
      for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => ending.abort());
      // A reader that is gone misses nothing.
      process.stdout.once("error", () => ending.abort());
      return ending.signal;
    },
    complain: (line) => printLines(process.stderr, [line]),
    end(code) {
      process.exitCode = code;
    },
  };
}
