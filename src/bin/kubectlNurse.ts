#!/usr/bin/env node
import "./nodeVersion.js";
import { Command } from "commander";
import { commandSummaries, type DiagnosisCommand } from "../cli/commandSummaries.ts";
import { diagnosisCommand } from "../cli/diagnosisCommand.ts";
import { version } from "../lib/version.ts";
import { commandContext } from "./commandContext.ts";
import { endProcess } from "./endProcess.ts";
import { runProgram } from "./runProgram.ts";

// Not awaited, since the plugin is one CommonJS file.
runProgram(createPlugin, process.argv.slice(2)).then(endProcess);

/** What `kubectl nurse` does: kubectl runs the executable `kubectl-nurse` of the PATH. */
async function createPlugin(): Promise<Command> {
  const plugin = new Command("kubectl nurse")
    .description("Asks the agents of kubenurse what is broken in the cluster's network, and where.")
    .version(version)
    .helpCommand(true);
  const context = commandContext();
  for (const name of Object.keys(commandSummaries) as DiagnosisCommand[])
    plugin.addCommand(diagnosisCommand(name, "kubectl nurse", context));
  return plugin;
}
