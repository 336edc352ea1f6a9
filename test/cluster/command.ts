import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { settings } from "./settings.ts";

/** Runs a command and returns its standard output. @throws Error with the command and what it wrote on standard error. */
export async function run(command: readonly string[]): Promise<string> {
  const [program = "", ...args] = command;
  const { stdout } = await promisify(execFile)(program, args, { maxBuffer: 64 * 1024 * 1024 });
  return stdout;
}

export function kubectl(...args: string[]): Promise<string> {
  return run([...settings.kubectl, ...args]);
}

/** Runs a command on a node, in the node's own network. */
export function onNode(node: string, ...command: string[]): Promise<string> {
  return run([...settings.nodeShell, node, ...command]);
}
