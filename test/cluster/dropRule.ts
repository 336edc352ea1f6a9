import { onNode } from "./command.ts";

/** Drops on a node what it forwards and `match`, which is in iptables' words, fits. Disposing heals it. */
export async function dropForwarded(node: string, ...match: string[]): Promise<AsyncDisposable> {
  const rule = [...match, "-m", "comment", "--comment", "kubenurse-test", "-j", "DROP"];
  await onNode(node, "iptables", "-I", "FORWARD", "1", ...rule);
  return {
    async [Symbol.asyncDispose]() {
      await onNode(node, "iptables", "-D", "FORWARD", ...rule);
    },
  };
}
