import { type Command, CommanderError } from "commander";
import { ConfigError } from "../config/configError.ts";

/** Does what the arguments say; returns the exit code: 0 done, 1 failed, 2 for bad arguments or settings, or the command's own. */
export async function runProgram(
  create: (args: readonly string[]) => Promise<Command>,
  args: readonly string[],
): Promise<number> {
  try {
    await leaveExitToUs(await create(args)).parseAsync(args, { from: "user" });
    return Number(process.exitCode ?? 0);
  } catch (error) {
    // Commander has printed its message already.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    printLines(process.stderr, problemsOf(error));
    return error instanceof ConfigError ? 2 : 1;
  }
}

export function printLines(stream: NodeJS.WritableStream, lines: readonly string[]): void {
  for (const line of lines) stream.write(`${line}\n`);
}

function leaveExitToUs(command: Command): Command {
  command.exitOverride();
  command.commands.forEach(leaveExitToUs);
  return command;
}

function problemsOf(error: unknown): readonly string[] {
  if (error instanceof ConfigError) return error.problems;
  return [error instanceof Error ? error.message : String(error)];
}
