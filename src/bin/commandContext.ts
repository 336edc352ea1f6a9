import type { CommandContext } from "../cli/diagnosisCommand.ts";
import { terminalOf } from "../cli/terminal.ts";
import { printLines } from "./runProgram.ts";

/** This process, for the commands that ask the running agents. */
export function commandContext(): CommandContext {
  return {
    terminal: terminalOf(process.stdout, process.env),
    environment: process.env,
    now: () => Date.now() / 1000,
    interrupted() {
      const ending = new AbortController();
      for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => ending.abort());
      return ending.signal;
    },
    complain: (line) => printLines(process.stderr, [line]),
    end(code) {
      process.exitCode = code;
    },
  };
}
