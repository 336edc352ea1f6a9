import { type Command, Option } from "commander";
import type { AskOptions } from "./askAgents.ts";
import type { DiagnosisCommand } from "./commandSummaries.ts";

/** What can be said to each of the commands that ask the agents. */
export interface Options extends AskOptions {
  readonly output: "table" | "wide" | "json";
}

/** `output`: whether the form of the output can be chosen. */
export function addOptions(command: Command, output: boolean): void {
  if (output) {
    command.addOption(
      new Option("-o, --output <form>", "how to print").choices(["table", "wide", "json"]).default("table"),
    );
  }
  command
    .option("--url <url>", "where an agent answers, instead of through the API server")
    .option("--kubeconfig <file>", "as of kubectl")
    .option("--context <name>", "of the kubeconfig")
    .option("-n, --namespace <name>", "of the agents; without it all are searched")
    .option("-l, --selector <labels>", "of the agents' pods, such as app=kubenurse");
}

const examples: Readonly<Record<DiagnosisCommand, readonly string[]>> = {
  status: ["status", "status --output json", "status --url http://localhost:8080"],
  findings: ["findings", "findings --output wide", "findings --namespace kube-system"],
  explain: ["explain f1a2b3", "explain f1"],
  matrix: ["matrix", "matrix --output wide"],
  watch: ["watch", "watch --context production"],
};

/** `program` is how the user calls it. */
export function helpAfter(name: DiagnosisCommand, program: string): string {
  const lines = examples[name].map((example) => `  ${program} ${example}`);
  return `
Asks any agent, which answers from the leader's analysis: in a pod of kubenurse the one in it, elsewhere one
through the API server's proxy, which needs the permissions to list pods and to get pods/proxy.
Exit code: 0 healthy, 1 findings, 2 could not tell.

Examples:
${lines.join("\n")}`;
}
