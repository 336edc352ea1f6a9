import type { Retries } from "./pairRetries.ts";

/** What the retries of a failed pair say, in words for the log. */
export function conclude(from: string, to: string, retries: Retries): string {
  const { new_port, node_address, third_party, reverse } = retries;
  if (new_port === "ok") return "one-off: a new connection succeeded at once";
  if (third_party === "unknown") return `${to} does not answer ${from}; nobody else could be asked`;
  if (third_party !== "ok") {
    return node_address === "ok"
      ? `${to} answers nobody over the pod network, though its node is reached`
      : `${to} answers nobody`;
  }
  const pair =
    reverse === "ok" || reverse === "unknown" ? `only ${from} → ${to}` : `${from} and ${to}, both ways`;
  if (node_address === "unknown") return `${pair}; others reach ${to}`;
  const where = node_address === "ok" ? "over the pod network, not by node address" : "by node address too";
  return `${pair}, ${where}; others reach ${to}`;
}
