import { any, type Fault, type Faults } from "./faults.ts";

/** Faults that one key of the running demo begins and ends; every demo has the nodes they name. */
const presets: readonly { readonly key: string; readonly name: string; readonly fault: Fault }[] = [
  { key: "1", name: "dead node-3", fault: { kind: "dead-node", node: "node-3" } },
  { key: "2", name: "black hole 1→2", fault: { kind: "black-hole", from: "node-1", to: "node-2" } },
  { key: "3", name: "30 % loss node-2", fault: { kind: "loss", share: 0.3, on: { node: "node-2" } } },
  { key: "4", name: "+200 ms node-2", fault: { kind: "delay", seconds: 0.2, on: { node: "node-2" } } },
  { key: "5", name: "dead DNS", fault: { kind: "dead-dns", replica: 1 } },
  { key: "6", name: "Service refuses", fault: { kind: "refuse", node: "node-1" } },
  { key: "7", name: "ingress 502", fault: { kind: "ingress-502" } },
  { key: "8", name: "freeze node-3", fault: { kind: "freeze", node: "node-3" } },
  {
    key: "o",
    name: "no pod network 1→2",
    fault: { kind: "black-hole", from: "node-1", to: "node-2", only: "overlay" },
  },
  { key: "m", name: "MTU to node-2", fault: { kind: "mtu", on: { from: any, to: "node-2" } } },
  { key: "t", name: "no DNS over TCP", fault: { kind: "lost-dns", protocol: "tcp" } },
  { key: "a", name: "dead API server", fault: { kind: "dead-api", replica: 1 } },
  { key: "p", name: "stale Services node-2", fault: { kind: "stale-proxy", node: "node-2" } },
  { key: "s", name: "starve node-3", fault: { kind: "starve", node: "node-3" } },
];

export const keyHints: readonly string[] = [
  ...presets.map(({ key, name }) => `${key} ${name}`),
  "h heal all",
  "q quit",
  "more: kubenurse demo fault --help",
];

/** Begins the key's fault, or ends it where it is active, whoever began it; other keys do nothing. */
export function togglePreset(key: string, faults: Faults): void {
  const preset = presets.find((preset) => preset.key === key);
  if (preset === undefined) return;
  const same = faults.active().filter(({ fault }) => JSON.stringify(fault) === JSON.stringify(preset.fault));
  for (const { id } of same) faults.heal(id);
  if (same.length === 0) faults.add(preset.fault);
}
