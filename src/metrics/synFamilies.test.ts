import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { httpSubject } from "../../test/peers/subject.ts";
import { createSynFamilies } from "./synFamilies.ts";

const inferred = (value: number) => ({
  ...{ name: "kubenurse_syn_retransmits_inferred_total", labels: {}, value },
});

it("show what connect times tell, and the kernel's count since the start", async () => {
  const proc = await mkdtemp(join(tmpdir(), "kubenurse-proc-"));
  await mkdir(join(proc, "self/net"), { recursive: true });
  const kernelCounts = (count: number) =>
    writeFile(join(proc, "self/net/netstat"), `TcpExt: TCPSynRetrans\nTcpExt: ${count}\n`);
  await kernelCounts(100);
  const families = createSynFamilies({ proc });
  families.counted?.(httpSubject("me_service"), {
    ...{ state: "ok", phases: { connect: 3.05 } },
    reading: { kind: "tcp" },
  });
  await kernelCounts(103);
  // Without the sysctl the second one is sent after 3 s.
  expect(families.samples()).toEqual([
    inferred(2),
    { name: "kubenurse_syn_retransmits_kernel_total", labels: {}, value: 3 },
  ]);
  await rm(proc, { recursive: true });
  expect(families.samples()).toEqual([inferred(2)]);
});
