import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A directory with the files that every pod of the demo sees; it is also its service account's. */
export interface PodFiles extends AsyncDisposable {
  readonly directory: string;
  readonly token: string;
}

/** Only this user can read it; it is removed when disposed of. */
export async function createPodFiles(caPem: string): Promise<PodFiles> {
  const directory = await mkdtemp(join(tmpdir(), "kubenurse-demo-"));
  const token = randomBytes(24).toString("base64url");
  await writeFile(join(directory, "token"), token);
  await writeFile(join(directory, "ca.crt"), caPem);
  await writeKernelSettings(procIn(directory));
  return {
    ...{ directory, token },
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  };
}

/** As a kubelet does for pods whose `dnsPolicy` is `ClusterFirst`. */
export function writeResolvConf(directory: string, dnsService: string): Promise<void> {
  const searched = ["kube-system.svc.cluster.local", "svc.cluster.local", "cluster.local"];
  const lines = [`search ${searched.join(" ")}`, `nameserver ${dnsService}`, "options ndots:5"];
  return writeFile(resolvConfIn(directory), `${lines.join("\n")}\n`);
}

export function resolvConfIn(directory: string): string {
  return join(directory, "resolv.conf");
}

export function procIn(directory: string): string {
  return join(directory, "proc");
}

/** The links repeat lost SYNs as Linux 6.5 does; the real counters are those of the whole machine. */
async function writeKernelSettings(proc: string): Promise<void> {
  const directory = join(proc, "sys", "net", "ipv4");
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, "tcp_syn_linear_timeouts"), "4\n");
}
