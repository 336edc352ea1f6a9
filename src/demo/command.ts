import { Command, InvalidArgumentError } from "commander";
import { parseGoDuration } from "../lib/goDuration.ts";
import { type ControlClient, findRunningDemo } from "./control/client.ts";
import { faultForms } from "./faultWords.ts";
import { mostNodesWithLayers, runDemo } from "./run.ts";
import { drawTable } from "./table/table.ts";

/** `kubenurse demo`, with `fault`, `heal` and `status` for a second terminal. */
export function demoCommand(): Command {
  const demo = new Command("demo")
    .description("run a cluster on this machine's loopback addresses, show its checks, and break its links")
    .option("--nodes <count>", "number of nodes, 3 to 64", parseNodes, 8)
    .option("--interval <duration>", "time between two checks of a target", parseInterval, "5s")
    .option("--duration <duration>", "end by itself after this time", parsePositiveDuration)
    .action(async (options: { nodes: number; interval: string; duration?: number }) => {
      const { nodes, interval, duration } = options;
      const durationSeconds = duration === undefined ? {} : { durationSeconds: duration };
      await runDemo({
        nodes,
        interval,
        intervalSeconds: parseGoDuration(interval),
        ...durationSeconds,
        network: 0,
      });
    })
    .addHelpText(
      "after",
      "\nWhile it runs, keys begin and end faults as the table says below, h heals all, q or Ctrl-C ends the demo.\n" +
        "Nodes are named node-1, node-2, …; `control-plane` is where API server, DNS and ingress live.\n" +
        `With more than ${mostNodesWithLayers} nodes only the checks of the Go kubenurse run.`,
    );
  demo.addCommand(faultCommand());
  demo
    .command("heal")
    .description("end one fault of the running demo, or all")
    .argument("[id]", "as `demo status` shows it, such as f1; without it all are ended")
    .action(async (id?: string) => {
      const healed = await (await runningDemo()).heal(id);
      print(
        healed.length === 0
          ? ["there was nothing to heal"]
          : healed.map(({ description }) => `healed: ${description}`),
      );
    });
  demo
    .command("status")
    .description("print the running demo's table and its faults")
    .action(async () => {
      const picture = await (await runningDemo()).picture();
      print(drawTable({ ...picture, hints: [] }, { columns: Infinity, lines: Infinity, color: false }));
    });
  return demo;
}

function faultCommand(): Command {
  const fault = new Command("fault")
    .description("break something in the running demo; prints the fault's id for `demo heal`")
    .addHelpText(
      "after",
      "\nExamples:\n  kubenurse demo fault black-hole node-1 node-2\n  kubenurse demo fault loss 20% node-3\n" +
        "  kubenurse demo fault delay 200ms node-3 control-plane\n" +
        "  kubenurse demo fault black-hole node-1 node-2 overlay\n  kubenurse demo fault mtu any node-2\n\n" +
        "A place is a node, `control-plane`, or in one direction `any`.\n" +
        "Packets are all, those of `udp` or `tcp`, or those of the pod network, `overlay`.",
    );
  for (const { kind, arguments: names, summary } of faultForms) {
    const one = fault.command(kind).description(summary);
    for (const name of names) one.argument(name);
    one.action(async () => {
      const { id, description } = await (await runningDemo()).addFault([kind, ...one.args]);
      print([`${id}: ${description}`]);
    });
  }
  return fault;
}

/** @throws Error where no demo runs. */
async function runningDemo(): Promise<ControlClient> {
  const running = await findRunningDemo();
  if (running === undefined) {
    throw new Error("no demo runs: start one in another terminal with `npm start` or `kubenurse demo`");
  }
  return running;
}

function print(lines: readonly string[]): void {
  for (const line of lines) process.stdout.write(`${line}\n`);
}

function parseNodes(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 3 && count <= 64) return count;
  throw new InvalidArgumentError("Expected a whole number from 3 to 64.");
}

function parseInterval(text: string): string {
  parsePositiveDuration(text);
  return text;
}

function parsePositiveDuration(text: string): number {
  try {
    const seconds = parseGoDuration(text);
    if (seconds > 0) return seconds;
  } catch {}
  throw new InvalidArgumentError("Expected a duration above 0, such as 5s or 1m30s.");
}
