#!/usr/bin/env node
import "./nodeVersion.js";
import { Command } from "commander";
import { commandSummaries, type DiagnosisCommand } from "../cli/commandSummaries.ts";
import { nearest } from "../lib/nearest.ts";
import { version } from "../lib/version.ts";
import { endProcess } from "./endProcess.ts";
import { printLines, runProgram } from "./runProgram.ts";

// libuv lets slow name lookups hold half of the pool, so that with its default of 4 one stalled resolver queues every check.
process.env.UV_THREADPOOL_SIZE ??= "32";

await endProcess(await runProgram(createProgram, process.argv.slice(2)));

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
  program.addCommand(analyseCommand());
  for (const name of Object.keys(commandSummaries) as DiagnosisCommand[])
    program.addCommand(await diagnosisCommand(name, args));
  program.addCommand(await demoCommand(args));
  return program;

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

function analyseCommand(): Command {
  return new Command("analyse")
    .description("judge what all agents report, and check nothing")
    .addHelpText(
      "after",
      `
Takes part in the election of the leader, once or several times in a cluster. Has the agents' settings, of which
KUBENURSE_DIAGNOSIS=report tells the agents to leave it to lead. Ends at SIGTERM, and another one leads at once.`,
    )
    .action(async () => {
      const { runAnalyser } = await import("./runAnalyser.ts");
      await runAnalyser();
    });
}

/** Loaded only to run it or to give help for it, as the demo. */
async function diagnosisCommand(name: DiagnosisCommand, args: readonly string[]): Promise<Command> {
  if (!args.slice(0, 2).includes(name)) return new Command(name).description(commandSummaries[name]);
  const [{ diagnosisCommand }, { commandContext }] = await Promise.all([
    import("../cli/diagnosisCommand.ts"),
    import("./commandContext.ts"),
  ]);
  return diagnosisCommand(name, "kubenurse", commandContext());
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
