import { onNode } from "./command.ts";
import type { Agent } from "./fleet.ts";
import { containerOf } from "./pods.ts";

/** What the kernel of an agent's node says about its process. */
export interface ProcessFigures {
  readonly residentMegabytes: number;
  readonly anonymousMegabytes: number;
  readonly cpuSeconds: number;
  /** Unix seconds, to 10 ms. */
  readonly startedAt: number;
}

export async function processFigures({ node, pod }: Agent): Promise<ProcessFigures> {
  const text = await onNode(node, "sh", "-c", script, "sh", containerOf(pod));
  const [stat = "", uptime = "", now = "", ticks = "", ...memory] = text.split("\n");
  // After the command's name, which may hold spaces; field 3 of proc_pid_stat(5) is the first of these.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const seconds = (field: number) => Number(fields[field - 3]) / Number(ticks);
  return {
    residentMegabytes: megabytesOf(memory, "Rss"),
    anonymousMegabytes: megabytesOf(memory, "Anonymous"),
    cpuSeconds: seconds(14) + seconds(15),
    startedAt: Number(now) - Number(uptime.split(" ")[0]) + seconds(22),
  };
}

/** A container's identifier is in the cgroup path of its processes, whatever the cgroup driver. */
const script = `
process=$(grep -ls "$1" /proc/[0-9]*/cgroup | head -n 1)
process=\${process%/cgroup}
cat "$process/stat" /proc/uptime
date +%s.%N
getconf CLK_TCK
cat "$process/smaps_rollup"
`;

function megabytesOf(lines: readonly string[], name: string): number {
  const line = lines.find((line) => line.startsWith(`${name}:`));
  return Number(line?.match(/\d+/)?.[0]) / 1024;
}
