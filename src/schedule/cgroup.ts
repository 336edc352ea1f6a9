import { readFileSync } from "node:fs";
import { join } from "node:path";

/** How often and how long the kernel stopped a cgroup that had used up its CPU limit. */
export interface CpuThrottling {
  readonly periods: number;
  readonly throttledPeriods: number;
  readonly throttledSeconds: number;
}

/** Where the kernel shows control groups and the own process. */
export interface CgroupPlaces {
  readonly cgroupRoot: string;
  readonly procSelf: string;
}

export const linuxCgroupPlaces: CgroupPlaces = { cgroupRoot: "/sys/fs/cgroup", procSelf: "/proc/self" };

/** Tells the throttling so far; undefined where no cgroup with a CPU controller can be read. One call reads one small file. */
export type ReadThrottling = () => CpuThrottling | undefined;

/** Of the cgroup (v2 or v1) that this process is in, which is looked for until it is found and then stays. */
export function cpuThrottlingOf(places: CgroupPlaces): ReadThrottling {
  let file: string | undefined;
  return () => {
    file ??= candidates(places).find((path) => parseCpuStat(readIfPresent(path)) !== undefined);
    return file === undefined ? undefined : parseCpuStat(readIfPresent(file));
  };
}

/** `cpu.stat` of the own cgroup, then of the root: in a container the path is often the host's, and the root is the own cgroup. */
function candidates({ cgroupRoot, procSelf }: CgroupPlaces): string[] {
  // A line is `hierarchy:controllers:path`; v2 is `0::path`.
  const lines = readIfPresent(join(procSelf, "cgroup")).split("\n");
  return lines.flatMap((line) => {
    const [, controllers, ...path] = line.split(":");
    if (controllers === undefined) return [];
    const names = controllers.split(",");
    if (controllers !== "" && !names.includes("cpu")) return [];
    const roots =
      controllers === "" ? [cgroupRoot] : [join(cgroupRoot, controllers), join(cgroupRoot, "cpu")];
    return [...roots.map((root) => join(root, path.join(":"))), ...roots].map((group) =>
      join(group, "cpu.stat"),
    );
  });
}

function parseCpuStat(text: string): CpuThrottling | undefined {
  const periods = valueIn(text, "nr_periods");
  const throttledPeriods = valueIn(text, "nr_throttled");
  const microseconds = valueIn(text, "throttled_usec");
  const nanoseconds = valueIn(text, "throttled_time");
  const throttledSeconds =
    microseconds !== undefined
      ? microseconds / 1e6
      : nanoseconds !== undefined
        ? nanoseconds / 1e9
        : undefined;
  if (periods === undefined || throttledPeriods === undefined || throttledSeconds === undefined)
    return undefined;
  return { periods, throttledPeriods, throttledSeconds };
}

/** A line is `key value`. Read before and after each attempt, so that no more is made of the text than is needed. */
function valueIn(text: string, key: string): number | undefined {
  const at = `\n${text}`.indexOf(`\n${key} `);
  return at === -1 ? undefined : Number.parseInt(text.slice(at + key.length), 10);
}

function readIfPresent(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
