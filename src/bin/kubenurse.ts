#!/usr/bin/env node
import "./nodeVersion.js";
import { Command, CommanderError } from "commander";
import { ConfigError } from "../config/configError.ts";
import { nearest } from "../lib/nearest.ts";
import { version } from "../lib/version.ts";

// libuv lets slow name lookups hold half of the pool, so that with its default of 4 one stalled resolver queues every check.
process.env.UV_THREADPOOL_SIZE ??= "32";

process.exit(await run(process.argv.slice(2)));

/** Does what the arguments say; returns the exit code: 0 done, 1 failed, 2 for bad arguments or settings. */
async function run(args: string[]): Promise<number> {
  try {
    await (await createProgram(args)).parseAsync(args, { from: "user" });
    return Number(process.exitCode ?? 0);
  } catch (error) {
    // Commander has printed its message already.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    printLines(process.stderr, problemsOf(error));
    return error instanceof ConfigError ? 2 : 1;
  }
}

function problemsOf(error: unknown): readonly string[] {
  if (error instanceof ConfigError) return error.problems;
  return [error instanceof Error ? error.message : String(error)];
}

async function createProgram(args: readonly string[]): Promise<Command> {
  const program = new Command("kubenurse")
    .description(
      "Keeps testing the network of a Kubernetes cluster from every node. Without a command: runs the agent.",
    )
    .version(version)
    .usage("[command]")
    .argument("[command]")
    .helpCommand(true)
    .action(runAgentUnless);
  program
    .command("check-config")
    .description("validate the environment and print the settings")
    .action(printConfig);
  program.addCommand(await demoCommand(args));
  return leaveExitToUs(program);

  async function runAgentUnless(unknown: string | undefined): Promise<void> {
    if (unknown !== undefined) {
      const meant = nearest(
        unknown,
        program.commands.map((command) => command.name()),
      );
      program.error(
        `error: unknown command '${unknown}'${meant === undefined ? "" : `\n(Did you mean ${meant}?)`}`,
      );
    }
    const { runAgent } = await import("./runAgent.ts");
    await runAgent();
  }
}

/** The demo is loaded only to run it, since an agent has no use for it. */
async function demoCommand(args: readonly string[]): Promise<Command> {
  if (args[0] === "demo") return (await import("../demo/command.ts")).demoCommand();
  return new Command("demo").description("run a cluster on this machine and break its links");
}

async function printConfig(): Promise<void> {
  const { checkConfig } = await import("../cli/checkConfig.ts");
  const { lines, warnings } = await checkConfig(process.env);
  printLines(process.stdout, lines);
  printLines(process.stderr, warnings);
}

function leaveExitToUs(command: Command): Command {
  command.exitOverride();
  command.commands.forEach(leaveExitToUs);
  return command;
}

function printLines(stream: NodeJS.WritableStream, lines: readonly string[]): void {
  for (const line of lines) stream.write(`${line}\n`);
}
