import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { cpuThrottlingOf } from "./cgroup.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "cgroup-"));
});
afterEach(() => rmSync(root, { recursive: true }));

function read(files: Record<string, string>) {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  return cpuThrottlingOf({ cgroupRoot: join(root, "cgroup"), procSelf: join(root, "proc") })();
}

const v2 = "usage_usec 5\nnr_periods 10\nnr_throttled 4\nthrottled_usec 2500000\n";
const v1 = "nr_periods 10\nnr_throttled 4\nthrottled_time 2500000000\n";
const expected = { periods: 10, throttledPeriods: 4, throttledSeconds: 2.5 };

test("version 2, below the root", () => {
  expect(read({ "proc/cgroup": "0::/kubepods/pod1\n", "cgroup/kubepods/pod1/cpu.stat": v2 })).toEqual(
    expected,
  );
});

test("version 2 in a container that sees the host's path: the root is its own", () => {
  expect(read({ "proc/cgroup": "0::/kubepods/pod1\n", "cgroup/cpu.stat": v2 })).toEqual(expected);
});

test("version 1, the CPU controller together with another", () => {
  expect(
    read({
      "proc/cgroup": "5:memory:/pod1\n4:cpu,cpuacct:/pod1\n",
      "cgroup/memory/pod1/cpu.stat": "nr_periods 1\nnr_throttled 1\nthrottled_time 1\n",
      "cgroup/cpu,cpuacct/pod1/cpu.stat": v1,
    }),
  ).toEqual(expected);
});

test("version 1 in a container, mounted under the controller's own name", () => {
  expect(read({ "proc/cgroup": "4:cpuacct,cpu:/pod1\n", "cgroup/cpu/cpu.stat": v1 })).toEqual(expected);
});

test("a cgroup without a CPU controller says nothing", () => {
  expect(read({ "proc/cgroup": "0::/\n", "cgroup/cpu.stat": "usage_usec 5\n" })).toBeUndefined();
});

test("no cgroup at all", () => {
  expect(read({})).toBeUndefined();
});
