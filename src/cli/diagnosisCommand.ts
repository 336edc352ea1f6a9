import { Command } from "commander";
import type { FindingsAnswer, MatrixAnswer } from "../server/answers.ts";
import { type Ask, askAgents } from "./askAgents.ts";
import { addOptions, helpAfter, type Options } from "./commandOptions.ts";
import { commandSummaries, type DiagnosisCommand } from "./commandSummaries.ts";
import { explanationLines } from "./explanation.ts";
import { matrixLines, widePairLines } from "./matrixText.ts";
import { findingsLines, statusLines } from "./statusText.ts";
import { harmless, printLines, type Terminal } from "./terminal.ts";
import { exitCodes, verdictOf } from "./verdict.ts";
import { watch } from "./watch.ts";

/** What a command gets of the process. */
export interface CommandContext {
  readonly terminal: Terminal;
  readonly environment: NodeJS.ProcessEnv;
  /** Seconds since 1970. */
  readonly now: () => number;
  /** From then on the user's Ctrl-C, or that nobody reads any more, ends what is under way, and no longer the process. */
  readonly interrupted: () => AbortSignal;
  /** Writes a line apart from the output. */
  readonly complain: (line: string) => void;
  /** To be told the exit code: 0 healthy, 1 findings, 2 could not tell. */
  readonly end: (code: number) => void;
}

/** One of the commands that ask the running agents; `program` is how the user calls it. */
export function diagnosisCommand(name: DiagnosisCommand, program: string, context: CommandContext): Command {
  const command = new Command(name).description(commandSummaries[name]);
  if (name === "explain") command.argument("<id>", "of a finding, or how it begins");
  addOptions(command, name !== "watch");
  command.addHelpText("after", helpAfter(name, program));
  return command.action(async () => {
    const options = command.opts<Options>();
    try {
      const ask = askAgents(options, context.environment);
      context.end(await run[name](ask, options, context, command.args[0] ?? ""));
    } catch (error) {
      context.complain(harmless(`can't tell: ${(error as Error).message}`));
      context.end(exitCodes.unknown);
    }
  });
}

type Run = (ask: Ask, options: Options, context: CommandContext, id: string) => Promise<number>;

const run: Readonly<Record<DiagnosisCommand, Run>> = {
  async status(ask, { output }, { terminal, now }) {
    const answer = await askFindings(ask);
    if (output === "json") printJson(answer, terminal);
    else printLines(statusLines(answer, output, now()), shownWide(terminal, output));
    return codeOf(answer);
  },
  async findings(ask, { output }, { terminal, now }) {
    const answer = await askFindings(ask);
    if (output === "json") printJson(answer, terminal);
    else printLines(findingsLines(answer, output, now()), shownWide(terminal, output));
    return codeOf(answer);
  },
  async explain(ask, { output }, { terminal, now }, id) {
    const { open, closed } = await askFindings(ask);
    const findings = [...open, ...closed];
    const [finding, another] = findings.filter((one) => one.id.startsWith(id));
    if (finding === undefined || (another !== undefined && finding.id !== id)) {
      const known = findings.map((one) => one.id).join(", ") || "none";
      throw new Error(
        `${finding === undefined ? "no" : "more than one"} finding is ${id}; known are: ${known}`,
      );
    }
    if (output === "json") printJson(finding, terminal);
    else printLines(explanationLines(finding, terminal.columns, now()), terminal);
    return finding.closed === undefined ? exitCodes.findings : exitCodes.healthy;
  },
  async matrix(ask, { output }, { terminal }) {
    const answer = (await ask("/api/v1/matrix")) as MatrixAnswer;
    if (output === "json") printJson(answer, terminal);
    else if (output === "wide") printLines(widePairLines(answer), shownWide(terminal, output));
    else printLines(matrixLines(answer, terminal.columns), terminal);
    return codeOf(answer);
  },
  async watch(ask, _, { terminal, now, interrupted }) {
    return watch(() => askFindings(ask), terminal, now, interrupted());
  },
};

async function askFindings(ask: Ask): Promise<FindingsAnswer> {
  return (await ask("/api/v1/findings")) as FindingsAnswer;
}

function codeOf({ analysis }: Pick<FindingsAnswer, "analysis">): number {
  return exitCodes[verdictOf(analysis).state];
}

function printJson(value: unknown, terminal: Terminal): void {
  terminal.write(`${JSON.stringify(value, null, 2)}\n`);
}

/** Wide lines are the terminal's to break. */
function shownWide(terminal: Terminal, output: Options["output"]): Terminal {
  return output === "wide" ? { ...terminal, columns: Infinity } : terminal;
}
